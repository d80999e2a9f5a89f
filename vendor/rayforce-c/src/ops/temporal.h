/* Parts of dates, times and timestamps, and the present. */
#ifndef RO_TEMPORAL_H
#define RO_TEMPORAL_H

#include "collect.h"

RV_VERB(ro_yyyy);
RV_VERB(ro_mm);
RV_VERB(ro_dd);
RV_VERB(ro_hh);
RV_VERB(ro_minute);
RV_VERB(ro_ss);
RV_VERB(ro_dow);
RV_VERB(ro_doy);
RV_VERB(ro_date);
RV_VERB(ro_time);
RV_VERB(ro_timestamp);

#endif
