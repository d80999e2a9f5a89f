/* Making dicts and taking them apart. Looking up is in collect.h. */
#ifndef RO_DICT_VERBS_H
#define RO_DICT_VERBS_H

#include "collect.h"

RV_VERB(ro_dict);
RV_VERB(ro_key);
RV_VERB(ro_value);
RV_VERB(ro_remove);

#endif
