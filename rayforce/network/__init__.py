"""Client and server under the module names of the official binding."""
