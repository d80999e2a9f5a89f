/* Verbs that make text of values; printing goes to the runtime's print. */
#ifndef RO_PRINT_VERBS_H
#define RO_PRINT_VERBS_H

#include "collect.h"

RV_VERB(ro_format);
RV_VERB(ro_print);
RV_VERB(ro_println);
RV_VERB(ro_show);

#endif
