/* Verbs that reach outside, declared with RV_VERB; rows in api/builtins.def. */
#ifndef RX_SYS_H
#define RX_SYS_H

#include "../base/rt.h"
#include "../value/value.h"
#include "../wire/wire.h"

/* what the program is and where it runs: sys_env.c */
RV_VERB(rx_version);
RV_VERB(rx_build);
RV_VERB(rx_info);
RV_VERB(rx_args);
RB_NODISCARD int rx_args_set(ray_rt *rt, ray_val *args); /* a dict; what rx_args gives from now on */
RV_VERB(rx_env_count);
RV_VERB(rx_getenv);
RV_VERB(rx_setenv);
RV_VERB(rx_exit); /* never ends the process: RB_E_STATE with the wish in the details (code, 1), for a command to grant */

/* memory and time: sys_heap.c */
RV_VERB(rx_gc);
RV_VERB(rx_mem);
RV_VERB(rx_objsize);
RV_VERB(rx_measure); /* special */
RV_VERB(rx_now);

/* evaluations: sys_profile.c */
RV_VERB(rx_timeit);
RV_VERB(rx_prof);
RV_VERB(rx_querylog);
RV_VERB(rx_querylog_enable);
RV_VERB(rx_cmd);

/* files and programs: sys_file.c, sys_exec.c */
RV_VERB(rx_read);
RV_VERB(rx_read_bytes);
RV_VERB(rx_write);
RV_VERB(rx_write_bytes);
RV_VERB(rx_load);
RV_VERB(rx_file_size);
RV_VERB(rx_file_list);
RV_VERB(rx_exec);

/* values as bytes: sys_serde.c */
RV_VERB(rx_ser);
RV_VERB(rx_de);

/* tables as text: sys_csv.c; tables on disk: sys_db.c */
RV_VERB(rx_csv_read);
RV_VERB(rx_csv_write);
RV_VERB(rx_csv_splayed);
RV_VERB(rx_csv_parted);
RV_VERB(rx_splayed_set);
RV_VERB(rx_splayed_get);
RV_VERB(rx_parted_get);
RV_VERB(rx_parted_tables);
RV_VERB(rx_parted_fill);

/* servers: sys_ipc.c */
RV_VERB(rx_listen); /* (listen PORT), (.sys.listen PORT): opens a server that ray_rt_run then serves */
RV_VERB(rx_ipc_open);
RV_VERB(rx_ipc_close);
RV_VERB(rx_ipc_send);
RV_VERB(rx_ipc_post);
RV_VERB(rx_ipc_handle);
RV_VERB(rx_ipc_limit);

/* timers: sys_timer.c */
RV_VERB(rx_timer_set);
RV_VERB(rx_timer_del);

/* the journal: sys_log.c */
RV_VERB(rx_log_open);
RV_VERB(rx_log_write);
RV_VERB(rx_log_sync);
RV_VERB(rx_log_close);
RV_VERB(rx_log_roll);
RV_VERB(rx_log_snapshot);
RV_VERB(rx_log_purge);
RV_VERB(rx_log_validate);
RV_VERB(rx_log_replay);

/* topics: sys_mc.c */
RV_VERB(rx_mc_sub);
RV_VERB(rx_mc_unsub);
RV_VERB(rx_mc_pub);
RV_VERB(rx_mc_stats);

/* ---- shared ------------------------------------------------------------------------------------------------------ */

/* A DICT of n symbols to n owned values; a null one is a failure passed on. */
RB_NODISCARD ray_val *rx_dict_take(int n, const char *const *keys, ray_val **values);
/* One whole message as the bytes of a U8 vector. */
RB_NODISCARD ray_val *rx_frame(const rw_dialect *d, int kind, const ray_val *v, int64_t size_max);
/* The same for a file of messages. */
RB_NODISCARD ray_val *rx_frame_kept(int kind, const ray_val *v, bool restricted);
/* The same for values that are kept by themselves: compressed, if that makes it smaller. */
RB_NODISCARD ray_val *rx_frame_packed(const ray_val *v);
/* A reader of bytes in memory, which knows the names of builtins. */
RB_NODISCARD rw_reader *rx_reader_new(ray_rt *rt);
/* Hands it all bytes and takes the first message that they make: 1, -1: failed. */
RB_NODISCARD int rx_feed(rw_reader *r, const uint8_t *p, size_t n, rw_msg *out);
/* Appends the zero-ended bytes of a STR atom (else RB_E_TYPE) that has no zero byte inside (else RB_E_DOMAIN). */
RB_NODISCARD int rx_zero_ended(const char *verb, const ray_val *v, rb_bytes *out);
/* A path from a STR atom, zero-ended in `room`, which is emptied first. Null: RB_E_TYPE, or `empty` for an empty one. */
RB_NODISCARD const char *rx_path(const char *verb, const ray_val *v, int empty, rb_bytes *room);

#endif
