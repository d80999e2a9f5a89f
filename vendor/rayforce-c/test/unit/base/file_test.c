#include "ut.h"

#include "base/file.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/rb_file_test.XXXXXX";
static char path[128];

UT_CASE(setup) {
    UT_CHECK(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/a file", dir);
}

static int count_names(void *ctx, const char *name) {
    UT_CHECK(name[0] != '.');
    return ++*(int *)ctx > 100 ? -1 : 0;
}

static int names(void) {
    int n = 0;
    UT_CHECK(rb_dir_each(dir, count_names, &n) == 0);
    return n;
}

static void holds(const char *wanted) {
    rb_bytes b = RB_BYTES_EMPTY;
    UT_CHECK(rb_file_read(path, &b) == 0);
    UT_CHECK(b.len == strlen(wanted) && memcmp(b.p, wanted, b.len) == 0);
    rb_bytes_free(&b);
}

UT_CASE(write_read_map) {
    UT_CHECK(!rb_file_exists(path));
    UT_CHECK(rb_file_write(path, "first", 5) == 0);
    UT_CHECK(rb_file_exists(path) && rb_file_size(path) == 5);
    holds("first");
    UT_CHECK(rb_file_write(path, "", 0) == 0);
    rb_mapping m;
    UT_CHECK(rb_file_map(path, &m) == 0 && !m.p && m.len == 0);
    rb_file_unmap(&m);
    UT_CHECK(rb_file_write(path, "second", 6) == 0);
    UT_CHECK(rb_file_map(path, &m) == 0 && m.len == 6 && memcmp(m.p, "second", 6) == 0);
    UT_CHECK(rb_file_write(path, "third", 5) == 0); /* the mapping keeps the old file */
    UT_EQ_MEM(m.p, "second", 6);
    rb_file_unmap(&m);
    UT_CHECK(!m.p);
    UT_EQ_INT(names(), 1);
}

UT_CASE(permissions_are_those_of_any_file) {
    struct stat st;
    mode_t mask = umask(027);
    UT_CHECK(rb_file_write(path, "x", 1) == 0 && stat(path, &st) == 0);
    umask(mask);
    UT_EQ_INT(st.st_mode & 0777, 0640);
}

UT_CASE(in_pieces_or_not_at_all) {
    UT_CHECK(rb_file_write(path, "old", 3) == 0);
    rb_writer *w = rb_writer_new(path);
    UT_CHECK(w && rb_writer_put(w, "new ", 4) == 0 && rb_writer_put(w, "text", 4) == 0);
    holds("old");
    UT_EQ_INT(names(), 2);
    rb_writer_free(w);
    holds("old");
    UT_EQ_INT(names(), 1);
    w = rb_writer_new(path);
    UT_CHECK(w && rb_writer_put(w, "new ", 4) == 0 && rb_writer_put(w, "text", 4) == 0);
    UT_CHECK(rb_writer_commit_take(w) == 0);
    holds("new text");
    rb_writer_free(NULL);
}

/* Whichever call fails, the file is whole and no temporary stays behind. */
UT_CASE(every_failure_leaves_a_whole_file) {
    for (int n = 1;; n++) {
        UT_CHECK(rb_file_write(path, "old", 3) == 0);
        rb_file_fail_at(n);
        rb_error_clear();
        int r = rb_file_write(path, "newer", 5);
        rb_file_fail_at(0);
        UT_EQ_INT(names(), 1);
        if (r == 0) {
            UT_EQ_INT(n, 6); /* open, write, sync, rename, sync of the directory */
            break;
        }
        UT_EQ_INT(rb_error_code(), RB_E_IO);
        UT_EQ_INT(rb_error_get()->detail[0], EIO);
        holds(n < 5 ? "old" : "newer");
    }
    holds("newer");
    UT_SWEEP({
        if (rb_file_write(path, "newer", 5) < 0) UT_EQ_INT(rb_error_code(), RB_E_OOM);
    });
    UT_EQ_INT(names(), 1);
}

UT_CASE(reading_what_has_no_size) {
    rb_bytes b = RB_BYTES_EMPTY;
    UT_CHECK(rb_file_read("/dev/null", &b) == 0 && b.len == 0);
    UT_CHECK(rb_file_read("/proc/self/status", &b) == 0 && b.len > 100);
    rb_bytes_free(&b);
    rb_mapping m;
    UT_ERROR(rb_file_map("/dev/null", &m), RB_E_IO);
    UT_ERROR(rb_file_map(dir, &m), RB_E_IO);
    UT_ERROR(rb_file_read(dir, &b), RB_E_IO);
    rb_bytes_free(&b);
}

UT_CASE(what_is_not_there) {
    rb_bytes b = RB_BYTES_EMPTY;
    rb_mapping m;
    UT_ERROR(rb_file_read("/nowhere/at all", &b), RB_E_IO);
    UT_EQ_INT(rb_error_get()->detail[0], ENOENT);
    UT_CHECK(strstr(rb_error_get()->text, "/nowhere/at all"));
    UT_ERROR(rb_file_map("/nowhere/at all", &m), RB_E_IO);
    UT_ERROR(rb_file_size("/nowhere/at all"), RB_E_IO);
    UT_ERROR(rb_file_write("/nowhere/at all", "", 0), RB_E_IO);
    UT_ERROR(rb_file_remove("/nowhere/at all"), RB_E_IO);
    UT_ERROR(rb_dir_each("/nowhere/at all", count_names, NULL), RB_E_IO);
}

UT_CASE(directories) {
    char deep[200], file[220];
    snprintf(deep, sizeof deep, "%s/one//two/three", dir);
    UT_CHECK(rb_dir_make(deep) == 0 && rb_dir_make(deep) == 0);
    snprintf(file, sizeof file, "%s/x", deep);
    UT_CHECK(rb_file_write(file, "x", 1) == 0);
    UT_ERROR(rb_dir_make(file), RB_E_IO);
    UT_ERROR(rb_file_remove(deep), RB_E_IO);
    int many = 100;
    UT_EQ_INT(rb_dir_each(deep, count_names, &many), -1);
    UT_CHECK(rb_file_remove(file) == 0 && rb_file_remove(deep) == 0);
    snprintf(deep, sizeof deep, "%s/one/two", dir);
    UT_CHECK(rb_file_remove(deep) == 0);
    snprintf(deep, sizeof deep, "%s/one", dir);
    UT_CHECK(rb_file_remove(deep) == 0);
    char here[] = "rb_file_test_in_the_working_directory";
    UT_CHECK(chdir(dir) == 0 && rb_file_write(here, "x", 1) == 0 && rb_file_remove(here) == 0);
}

static int give_up_at_three(void *ctx) {
    return ++*(int *)ctx < 3 ? 0 : rb_fail(RB_E_CANCEL, "enough");
}

static int let_go(void *ctx) {
    rb_dir_unlock(*(int *)ctx);
    return 0;
}

UT_CASE(one_holds_a_directory) {
    int times = 0, lock = rb_dir_lock(dir, give_up_at_three, &times);
    UT_CHECK(lock >= 0 && times == 0);
    UT_ERROR(rb_dir_lock(dir, give_up_at_three, &times), RB_E_CANCEL);
    UT_EQ_INT(times, 3);
    int again = rb_dir_lock(dir, let_go, &lock);
    UT_CHECK(again >= 0);
    rb_dir_unlock(again);
    UT_ERROR(rb_dir_lock("/nowhere/at all", let_go, NULL), RB_E_IO);
    UT_ERROR(rb_dir_lock(path, let_go, NULL), RB_E_IO);
    UT_ERROR(rb_file_size(dir), RB_E_IO);
}

static void put(rb_appender *a, const char *text, bool durable) {
    size_t half = strlen(text) / 2;
    struct iovec pieces[3] = {{(void *)(uintptr_t)text, half}, {NULL, 0}, {(void *)(uintptr_t)(text + half), strlen(text) - half}};
    UT_CHECK(rb_appender_put(a, pieces, 3, durable) == 0);
}

UT_CASE(growing) {
    UT_CHECK(rb_file_remove(path) == 0);
    rb_appender *a = rb_appender_new(path);
    UT_CHECK(a && rb_appender_size(a) == 0);
    put(a, "one", false);
    put(a, " and two", true);
    UT_EQ_INT(rb_appender_size(a), 11);
    UT_CHECK(rb_appender_sync(a) == 0);
    rb_appender_free(a);
    a = rb_appender_new(path);
    UT_CHECK(a && rb_appender_size(a) == 11);
    put(a, "!", false);
    holds("one and two!");
    rb_appender_free(a);
    rb_appender_free(NULL);
    UT_CHECK(rb_file_cut(path, 3) == 0);
    holds("one");
    char to[sizeof path + 4];
    snprintf(to, sizeof to, "%s.b", path);
    UT_CHECK(rb_file_write(to, "x", 1) == 0 && rb_file_rename(path, to) == 0 && !rb_file_exists(path));
    UT_CHECK(rb_file_rename(to, path) == 0);
    holds("one");
    UT_ERROR(rb_file_rename(to, path), RB_E_IO);
    UT_ERROR(rb_file_cut(to, 0), RB_E_IO);
    UT_ERROR(rb_appender_new(dir), RB_E_IO);
    UT_ERROR(rb_appender_new("/nowhere/at all"), RB_E_IO);
    UT_ERROR(rb_appender_new("/dev/null"), RB_E_IO);
}

/* Whatever fails, and whatever fails while that is put right, the records that are there are whole. */
UT_CASE(a_record_that_fails_leaves_nothing) {
    for (int first = 1; first <= 2; first++)
        for (int again = 0; again <= 2; again++) {
            UT_CHECK(rb_file_write(path, "before", 6) == 0);
            rb_appender *a = rb_appender_new(path);
            UT_CHECK(a);
            struct iovec text = {(char[]){"a record"}, 8};
            rb_file_fail_at(first);
            UT_ERROR(rb_appender_put(a, &text, 1, true), RB_E_IO);
            UT_CHECK(strstr(rb_error_get()->text, path));
            rb_file_fail_at(0);
            holds("before");
            UT_EQ_INT(rb_appender_size(a), 6);
            if (again) { /* at the first attempt to cut it off, and at the second one */
                struct iovec none = {NULL, 0};
                rb_file_fail_at(first);
                UT_ERROR(rb_appender_put(a, &text, 1, true), RB_E_IO);
                rb_file_fail_at(again == 1 ? 0 : 1);
                int r = rb_appender_put(a, &none, 1, false);
                UT_CHECK(r == (again == 1 ? 0 : -1));
                rb_file_fail_at(0);
            }
            put(a, " after", true);
            holds("before after");
            rb_appender_free(a);
        }
}

UT_CASE(one_holds_a_file) {
    char name[sizeof path + 4];
    snprintf(name, sizeof name, "%s.lk", path);
    int lock = rb_file_lock(name);
    UT_CHECK(lock >= 0);
    UT_ERROR(rb_file_lock(name), RB_E_IO);
    rb_file_unlock(lock);
    lock = rb_file_lock(name);
    UT_CHECK(lock >= 0);
    rb_file_unlock(lock);
    UT_CHECK(rb_file_remove(name) == 0);
    UT_ERROR(rb_file_lock("/nowhere/at all"), RB_E_IO);
}

UT_CASE(clean_up) { UT_CHECK(rb_file_remove(path) == 0 && rb_file_remove(dir) == 0); }

UT_MAIN(setup, write_read_map, permissions_are_those_of_any_file, in_pieces_or_not_at_all,
        every_failure_leaves_a_whole_file, reading_what_has_no_size, what_is_not_there, directories, one_holds_a_directory, growing,
        a_record_that_fails_leaves_nothing, one_holds_a_file, clean_up)
