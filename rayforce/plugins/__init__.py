"""Other libraries, under the module names of the official binding. `Table` has the same as methods."""
