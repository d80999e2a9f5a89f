/* Random guids. */
#ifndef RO_GUID_H
#define RO_GUID_H

#include "ops.h"

RV_VERB(ro_guid);

#endif
