/* Verbs that reach outside, declared with RV_VERB; rows in api/builtins.def. */
#ifndef RX_SYS_H
#define RX_SYS_H

#include "../base/rt.h"
#include "../value/value.h"

RV_VERB(rx_version); /* (version), (.sys.build): what the program is */
RV_VERB(rx_listen);  /* (listen PORT), (.sys.listen PORT): opens a server that ray_rt_run then serves */

#endif
