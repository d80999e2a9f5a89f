/* Running and moving windows: as many rows out as in. windows.c */
#ifndef RO_WINDOWS_H
#define RO_WINDOWS_H

#include "ops.h"

RV_VERB(ro_lag);
RV_VERB(ro_lead);
RV_VERB(ro_deltas);
RV_VERB(ro_ratios);
RV_VERB(ro_fills);
RV_VERB(ro_sums);
RV_VERB(ro_prds);
RV_VERB(ro_avgs);
RV_VERB(ro_mins);
RV_VERB(ro_maxs);
RV_VERB(ro_differ);
RV_VERB(ro_msum);
RV_VERB(ro_mavg);
RV_VERB(ro_mmin);
RV_VERB(ro_mmax);
RV_VERB(ro_mcount);
RV_VERB(ro_mvar);
RV_VERB(ro_mdev);

#endif
