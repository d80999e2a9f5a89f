/* Ordering verbs. */
#ifndef RO_ORDER_H
#define RO_ORDER_H

#include "ops.h"

/* order.c */
RV_VERB(ro_asc);
RV_VERB(ro_desc);
RV_VERB(ro_iasc);
RV_VERB(ro_idesc);
/* rank.c */
RV_VERB(ro_rank);
RV_VERB(ro_xrank);
RV_VERB(ro_top);
RV_VERB(ro_bot);
RV_VERB(ro_bin);
RV_VERB(ro_binr);

#endif
