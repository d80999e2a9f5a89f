#include "ut.h"

#include <errno.h>
#include <pthread.h>

UT_CASE(code_text_and_numbers) {
    UT_EQ_INT(rb_fail(RB_E_TYPE, "%s and %d", "a", 3), -1);
    UT_EQ_INT(rb_error_code(), RB_E_TYPE);
    UT_EQ_STR(rb_error_get()->text, "a and 3");
    rb_error_detail_set(7, 8);
    UT_CHECK(rb_error_get()->detail[0] == 7 && rb_error_get()->detail[1] == 8);
    UT_CHECK(rb_fail_null(RB_E_OOM, "none") == NULL);
    UT_EQ_INT(rb_error_get()->detail[0], 0);
    errno = ENOENT;
    UT_EQ_INT(rb_fail_errno(RB_E_IO, "a file"), -1);
    UT_EQ_INT(rb_error_get()->detail[0], ENOENT);
    UT_CHECK(strncmp(rb_error_get()->text, "a file: ", 8) == 0);
    rb_error_clear();
    UT_CHECK(rb_error_code() == 0 && rb_error_get()->text[0] == 0);
}

UT_CASE(long_texts_are_cut) {
    char text[2 * RB_ERROR_TEXT];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    UT_EQ_INT(rb_fail(RB_E_USER, "%s", text), -1);
    UT_EQ_INT(strlen(rb_error_get()->text), RB_ERROR_TEXT - 1);
}

UT_CASE(saved_and_restored) {
    rb_error saved;
    UT_EQ_INT(rb_fail(RB_E_USER, "first"), -1);
    rb_error_copy_into(&saved);
    UT_EQ_INT(rb_fail(RB_E_TYPE, "second"), -1);
    rb_error_restore(&saved);
    UT_EQ_INT(rb_error_code(), RB_E_USER);
    UT_EQ_STR(rb_error_get()->text, "first");
}

UT_CASE(classes) {
    UT_EQ_STR(rb_error_class(RB_E_DOMAIN), "domain");
    UT_EQ_STR(rb_error_class(9999), "error");
    UT_EQ_STR(rb_error_meaning(9999), "");
    UT_CHECK(rb_error_meaning(RB_E_DOMAIN)[0]);
    UT_EQ_INT(rb_error_code_of("domain", 6), RB_E_DOMAIN);
    UT_EQ_INT(rb_error_code_of("domainx", 7), RB_OK);
    UT_EQ_INT(rb_error_code_of("", 0), RB_OK);
    UT_EQ_INT(rb_error_code_of("timeout", 7), RB_E_TIMEOUT_EVAL); /* the first of several */
}

static void *other(void *arg) {
    UT_EQ_INT(rb_error_code(), 0);
    UT_EQ_INT(rb_fail(RB_E_KEY, "in a thread"), -1);
    return arg;
}

UT_CASE(each_thread_has_its_own) {
    pthread_t t;
    UT_EQ_INT(rb_fail(RB_E_USER, "here"), -1);
    UT_CHECK(pthread_create(&t, NULL, other, NULL) == 0);
    pthread_join(t, NULL);
    UT_EQ_INT(rb_error_code(), RB_E_USER);
}

UT_MAIN(code_text_and_numbers, long_texts_are_cut, saved_and_restored, classes, each_thread_has_its_own)
