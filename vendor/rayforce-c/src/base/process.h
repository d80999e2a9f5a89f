/* Which process this is, without asking the kernel each time. */
#ifndef RB_PROCESS_H
#define RB_PROCESS_H

#include "base.h"

#include <sys/types.h>

pid_t rb_process_id(void); /* as getpid, also in the child of a fork */

#endif
