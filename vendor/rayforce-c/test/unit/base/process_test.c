#include "ut.h"

#include "base/process.h"

#include <sys/wait.h>
#include <unistd.h>

UT_CASE(the_same_as_getpid) {
    UT_CHECK(rb_process_id() == getpid());
    UT_CHECK(rb_process_id() == getpid());
}

UT_CASE(another_one_in_a_child_and_in_its_child) {
    (void)rb_process_id();
    pid_t child = fork();
    if (child == 0) {
        bool right = rb_process_id() == getpid();
        pid_t second = fork();
        if (second == 0) _exit(rb_process_id() == getpid() ? 0 : 1);
        int status = 1;
        waitpid(second, &status, 0);
        _exit(right && status == 0 && rb_process_id() == getpid() ? 0 : 1);
    }
    int status = 1;
    waitpid(child, &status, 0);
    UT_CHECK(status == 0);
    UT_CHECK(rb_process_id() == getpid());
}

UT_MAIN(the_same_as_getpid, another_one_in_a_child_and_in_its_child)
