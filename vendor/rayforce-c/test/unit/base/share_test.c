/* Memory that another process can be given: what the giver may still do to it, what the receiver gets, and forks. */
#include "base/share.h"

#include "ut.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define BLOCK RB_BIG_BLOCK
#define MOST ((int64_t)1 << 30)

static bool possible;

/* Huge pages may be out of reach on this machine; then all that is to be seen is that nothing is given. */
UT_CASE(setup_possible) {
    rb_share *s = rb_share_new(BLOCK);
    possible = s != NULL;
    rb_share_free(s);
    printf("memory can%s be given on this system\n", possible ? "" : "not");
}

static rb_share *filled(size_t size, int x) {
    rb_share *s = rb_share_new(size);
    UT_CHECK(s && s->size >= size && (uintptr_t)s->mem % BLOCK == 0);
    memset(s->mem, x, s->size);
    return s;
}

static rb_share *received(int fd) {
    rb_share *s = rb_share_open_take(dup(fd), MOST);
    UT_CHECK(s);
    return s;
}

UT_CASE(what_is_given_is_seen_and_nothing_else) {
    if (!possible) return;
    size_t n = 3 * BLOCK - 100, k = 2 * BLOCK - 1000;
    rb_share *s = filled(n, 7);
    int fd = rb_share_seal(s, k);
    UT_CHECK(fd >= 0);
    UT_EQ_INT(rb_share_seal(s, k), fd);
    UT_EQ_INT(rb_share_seal(s, k - 1), -1); /* the rest of it has been shown */
    rb_share *r = received(fd);
    const char *p = r->mem, *mine = s->mem;
    for (size_t i = 0; i < r->size; i += 499) UT_EQ_INT(p[i], i < k ? 7 : 0);
    UT_CHECK(p[k - 1] == 7 && p[k] == 0 && mine[k - 1] == 7);
    rb_share_free(s);
    UT_EQ_INT(p[k - 1], 7); /* the giver is gone */
    rb_share_free(r);
}

UT_CASE(nobody_can_change_what_was_given) {
    if (!possible) return;
    rb_share *s = filled(BLOCK, 1);
    int fd = rb_share_seal(s, BLOCK);
    UT_CHECK(ftruncate(fd, 0) < 0 && errno == EPERM);
    UT_CHECK(pwrite(fd, "x", 1, 0) < 0 && errno == EPERM);
    UT_CHECK(mmap(NULL, BLOCK, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
    UT_CHECK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, BLOCK) < 0);
    rb_share_free(s);
}

static void refused(int fd, int64_t most) { UT_ERROR(rb_share_open_take(fd, most), RB_E_PROTOCOL); }

UT_CASE(what_could_still_change_is_refused) {
    int fd = memfd_create("t", MFD_ALLOW_SEALING);
    UT_CHECK(fd >= 0 && ftruncate(fd, 8192) == 0);
    refused(dup(fd), MOST);
    UT_CHECK(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) == 0);
    refused(dup(fd), MOST);
    UT_CHECK(fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE) == 0);
    refused(dup(fd), MOST); /* its giver may have a mapping to write through */
    UT_CHECK(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) == 0);
    refused(dup(fd), 8191);
    rb_share *s = rb_share_open_take(dup(fd), 8192);
    UT_CHECK(s && s->shown == 8192 && s->held < 8192); /* one large hole */
    rb_share_free(s);
    close(fd);
    int empty = memfd_create("t", MFD_ALLOW_SEALING);
    UT_CHECK(fcntl(empty, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_WRITE) == 0);
    refused(empty, MOST);
    refused(open("/dev/null", O_RDONLY), MOST);
    refused(open(".", O_RDONLY), MOST);
    int both[2];
    UT_CHECK(pipe(both) == 0);
    refused(both[0], MOST);
    close(both[1]);
    refused(-1, MOST);
}

UT_CASE(a_copy_is_sealed) {
    if (!possible) return;
    char text[5000];
    memset(text, 'x', sizeof text);
    rb_share *s = rb_share_copy(text, sizeof text);
    UT_CHECK(s && rb_share_seal(s, sizeof text) == s->fd);
    rb_share *r = received(s->fd);
    UT_EQ_MEM(r->mem, text, sizeof text);
    UT_EQ_INT(((char *)r->mem)[sizeof text], 0);
    rb_share_free(r);
    rb_share_free(s);
}

UT_CASE(kept_blocks_are_used_again_while_somebody_wants_them) {
    if (!possible) return;
    rb_share_want(1);
    UT_CHECK(rb_share_is_wanted());
    rb_share *s = filled(2 * BLOCK, 3);
    void *at = s->mem;
    rb_share_free(s);
    s = rb_share_new(2 * BLOCK - 5);
    UT_CHECK(s && s->mem == at && s->fd >= 0 && !s->shown);
    UT_CHECK(rb_share_seal(s, BLOCK) >= 0);
    rb_share_free(s); /* what was given is not used again */
    s = rb_share_new(2 * BLOCK);
    UT_CHECK(s && !s->shown);
    rb_share_free(s);
    rb_share_want(-1);
    UT_CHECK(!rb_share_is_wanted());
}

static bool is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }

UT_CASE(kept_blocks_can_be_given_back) {
    if (!possible) return;
    rb_heap_stats before, after;
    rb_heap_stats_into(&before);
    rb_share_want(1);
    rb_share *two[] = {filled(BLOCK, 1), filled(BLOCK, 2)};
    int fds[] = {two[0]->fd, two[1]->fd};
    for (int i = 0; i < 2; i++) rb_share_free(two[i]);
    UT_CHECK(is_open(fds[0]) && is_open(fds[1]));
    rb_shares_trim();
    UT_CHECK(!is_open(fds[0]) && !is_open(fds[1]));
    rb_heap_stats_into(&after);
    UT_EQ_INT(after.blocks, before.blocks);
    UT_EQ_INT(after.bytes, before.bytes);
    rb_share_want(-1);
}

UT_CASE(a_child_has_memory_of_its_own) {
    if (!possible) return;
    rb_share *s = filled(BLOCK, 1);
    char *p = s->mem;
    int to_child[2], to_parent[2];
    char go = 0;
    UT_CHECK(pipe(to_child) == 0 && pipe(to_parent) == 0);
    pid_t child = fork();
    if (child == 0) {
        p[10] = 2;
        bool ok = write(to_parent[1], &go, 1) == 1 && read(to_child[0], &go, 1) == 1 && p[10] == 2 && p[20] == 1 && p[30] == 1;
        _exit(!ok);
    }
    UT_CHECK(child > 0 && read(to_parent[0], &go, 1) == 1);
    UT_CHECK(p[10] == 1);
    p[20] = 3;
    p[30] = 3;
    UT_CHECK(write(to_child[1], &go, 1) == 1);
    int status;
    UT_CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    UT_CHECK(p[10] == 1 && p[20] == 3);
    UT_EQ_INT(rb_share_seal(s, BLOCK), -1); /* no longer the file's */
    UT_EQ_INT(p[20], 3);
    p[20] = 4;
    rb_share_free(s);
    for (int i = 0; i < 2; i++) close(to_child[i]), close(to_parent[i]);
}

UT_CASE(there_are_not_more_files_than_allowed) {
    if (!possible) return;
    rb_error_clear();
    rb_share **all = rb_alloc(sizeof *all * (RB_SHARE_FILES_MAX + 1));
    int n = 0;
    while (n <= RB_SHARE_FILES_MAX && (all[n] = rb_share_new(1))) n++;
    UT_CHECK(n <= RB_SHARE_FILES_MAX);
    UT_EQ_INT(rb_error_code(), RB_OK);
    while (n) rb_share_free(all[--n]);
    rb_free(all, sizeof *all * (RB_SHARE_FILES_MAX + 1));
}

UT_CASE(no_memory_for_its_header) {
    rb_alloc_fail_at(1, false);
    UT_CHECK(!rb_share_new(BLOCK));
    rb_alloc_fail_at(0, false);
    rb_error_clear();
    int fd = memfd_create("t", MFD_ALLOW_SEALING);
    rb_alloc_fail_at(1, false);
    UT_ERROR(rb_share_open_take(fd, MOST), RB_E_OOM);
    rb_alloc_fail_at(0, false);
    UT_CHECK(fcntl(fd, F_GETFD) < 0); /* it was consumed */
}

UT_MAIN(setup_possible, what_is_given_is_seen_and_nothing_else, nobody_can_change_what_was_given,
        what_could_still_change_is_refused, a_copy_is_sealed, kept_blocks_are_used_again_while_somebody_wants_them,
        kept_blocks_can_be_given_back, a_child_has_memory_of_its_own, there_are_not_more_files_than_allowed,
        no_memory_for_its_header)
