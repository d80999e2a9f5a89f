#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLICE_MS 20 /* between two looks at interrupts while a program runs */

extern char **environ;

/* ---- starting ---------------------------------------------------------------------------------------------------------- */

/* The shell with its output going to `out` (-1: where ours goes). */
static int start(char *command, int out, pid_t *pid) {
    char shell[] = "sh", flag[] = "-c";
    char *argv[] = {shell, flag, command, NULL};
    posix_spawn_file_actions_t actions;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed) return rb_fail(RB_E_OS, ".sys.exec: a program cannot be started: error %d", failed);
    if (out >= 0) failed = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    if (!failed) failed = posix_spawn(pid, "/bin/sh", &actions, NULL, argv, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    return failed ? rb_fail(RB_E_OS, ".sys.exec: a program cannot be started: error %d", failed) : 0;
}

/* ---- waiting ------------------------------------------------------------------------------------------------------------ */

/* Its exit code, 128 and the signal's number if one ended it. -1: the evaluation must end; the program is killed. */
static int wait_for(ray_rt *rt, pid_t pid) {
    int status = 0;
    for (int pause = 0;; pause = pause < SLICE_MS ? pause + 1 : SLICE_MS) {
        pid_t done = waitpid(pid, &status, WNOHANG);
        if (done < 0 && errno != EINTR) return rb_fail_errno(RB_E_OS, ".sys.exec");
        if (done == pid) break;
        if (rb_rt_check(rt) < 0) {
            (void)kill(pid, SIGKILL);
            (void)waitpid(pid, &status, 0);
            return -1;
        }
        (void)poll(NULL, 0, pause);
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Reads until the end; -1: failed or the evaluation must end. */
static int read_all(ray_rt *rt, int fd, rb_bytes *text) {
    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        RB_TRY(rb_rt_check(rt), -1);
        if (poll(&p, 1, SLICE_MS) <= 0) continue;
        uint8_t *room = rb_bytes_reserve(text, 4096);
        if (!room) return -1;
        ssize_t k = read(fd, room, 4096);
        if (k == 0) return 0;
        if (k < 0 && errno != EINTR) return rb_fail_errno(RB_E_OS, ".sys.exec");
        if (k > 0) text->len += (size_t)k;
    }
}

/* Both ends are ours alone: no other program that is started meanwhile keeps them open. */
static int private_pipe(int ends[2]) {
    if (pipe(ends) != 0) return rb_fail_errno(RB_E_OS, ".sys.exec");
    if (fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 && fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0) return 0;
    rb_fail_errno(RB_E_OS, ".sys.exec");
    (void)close(ends[0]);
    (void)close(ends[1]);
    return -1;
}

static ray_val *run(ray_rt *rt, char *command) {
    pid_t pid;
    RB_TRY(start(command, -1, &pid), NULL);
    int code = wait_for(rt, pid);
    return code < 0 ? NULL : rv_i64_new(code);
}

static ray_val *run_and_read(ray_rt *rt, char *command) {
    static const char *const keys[] = {"code", "out"};
    int ends[2];
    pid_t pid;
    rb_bytes text = RB_BYTES_EMPTY;
    ray_val *v = NULL;
    if (private_pipe(ends) < 0) return NULL;
    int r = start(command, ends[1], &pid);
    (void)close(ends[1]);
    if (r == 0) {
        r = read_all(rt, ends[0], &text);
        rb_error why;
        rb_error_copy_into(&why);
        if (r < 0) (void)kill(pid, SIGKILL);
        int code = wait_for(rt, pid);
        if (r < 0) rb_error_restore(&why);
        else if (code >= 0)
            v = rx_dict_take(2, keys, (ray_val *[]){rv_i64_new(code), rv_str_new((const char *)text.p, text.len)});
    }
    (void)close(ends[0]);
    rb_bytes_free(&text);
    return v;
}

static int mode_check(const ray_val *mode) {
    if (mode->type != -RY_SYM) return rb_fail(RB_E_TYPE, ".sys.exec: expected the symbol 'out, got %s", ry_name(mode->type));
    if (strcmp(rv_sym_z(mode->u.sym), "out") == 0) return 0;
    return rb_fail(RB_E_DOMAIN, ".sys.exec: expected the mode 'out, got '%.100s", rv_sym_z(mode->u.sym));
}

ray_val *rx_exec(ray_rt *rt, ray_val *const *args, int n) {
    if (n < 1 || n > 2) return rb_fail_null(RB_E_DOMAIN, ".sys.exec: expected a command and maybe 'out, got %d arguments", n);
    rb_bytes command = RB_BYTES_EMPTY;
    ray_val *v = NULL;
    if (rx_zero_ended(".sys.exec", args[0], &command) == 0 && (n < 2 || mode_check(args[1]) == 0))
        v = n < 2 ? run(rt, (char *)command.p) : run_and_read(rt, (char *)command.p);
    rb_bytes_free(&command);
    return v;
}
