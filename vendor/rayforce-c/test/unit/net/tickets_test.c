#include "net/tickets.h"
#include "nt.h"

static int64_t queued(rn_tickets *t) {
    int64_t ticket = rn_tickets_new(t);
    UT_CHECK(ticket > 0);
    rn_tickets_queue(t, ticket, 0);
    return ticket;
}

UT_CASE(replies_go_to_the_oldest) {
    rn_tickets t;
    rn_tickets_init(&t);
    UT_CHECK(!rn_tickets_head_get(&t));
    UT_CHECK(!rn_tickets_answer(&t, rv_null_get(), NULL));
    int64_t a[100];
    for (int i = 0; i < 100; i++) a[i] = queued(&t);
    for (int i = 0; i < 100; i++) {
        UT_EQ_INT(rn_tickets_of(&t, rn_tickets_head_get(&t)), a[i]);
        UT_EQ_INT(rn_tickets_get(&t, a[i])->state, RN_SLOT_WAITING);
        UT_CHECK(rn_tickets_answer(&t, rv_i64_new(i), NULL));
    }
    for (int i = 99; i >= 0; i--) nt_is_int(rn_tickets_take(&t, a[i]), i);
    rn_tickets_free(&t);
}

UT_CASE(a_ticket_is_good_once) {
    rn_tickets t;
    rn_tickets_init(&t);
    int64_t a = queued(&t);
    UT_CHECK(rn_tickets_answer(&t, rv_i64_new(1), NULL));
    nt_is_int(rn_tickets_take(&t, a), 1);
    int64_t b = queued(&t);
    UT_EQ_INT(a & 0xffffffff, b & 0xffffffff); /* the same slot */
    UT_CHECK(a != b && !rn_tickets_get(&t, a) && rn_tickets_get(&t, b));
    UT_CHECK(!rn_tickets_get(&t, 0) && !rn_tickets_get(&t, -5) && !rn_tickets_get(&t, b + 1) &&
             !rn_tickets_get(&t, INT64_MAX));
    rn_tickets_free(&t);
}

UT_CASE(late_replies_are_dropped) {
    rn_tickets t;
    rn_tickets_init(&t);
    int64_t a = queued(&t), b = queued(&t), unsent = rn_tickets_new(&t);
    UT_CHECK(!rn_tickets_abandon(&t, a));
    UT_EQ_INT(t.owed, 1);
    UT_CHECK(!rn_tickets_get(&t, a));
    UT_CHECK(!rn_tickets_answer(&t, rv_null_get(), NULL)); /* still the caller's */
    UT_EQ_INT(t.owed, 0);
    UT_CHECK(rn_tickets_answer(&t, rv_i64_new(2), NULL));
    nt_is_int(rn_tickets_abandon(&t, b), 2);
    UT_CHECK(!rn_tickets_abandon(&t, unsent));
    UT_EQ_INT(t.owed, 0);
    rn_tickets_free(&t);
}

UT_CASE(an_unreadable_reply_keeps_its_reason) {
    rn_tickets t;
    rn_tickets_init(&t);
    rb_fail(RB_E_DOMAIN, "torn");
    rb_error e;
    rb_error_copy_into(&e);
    int64_t a = queued(&t), b = queued(&t);
    UT_CHECK(rn_tickets_answer(&t, NULL, &e));
    rb_alloc_fail_at(1, false);
    UT_CHECK(rn_tickets_answer(&t, NULL, &e));
    rb_alloc_fail_at(0, false);
    UT_ERROR(rn_tickets_take(&t, a), RB_E_DOMAIN);
    UT_EQ_STR(rb_error_get()->text, "torn");
    UT_ERROR(rn_tickets_take(&t, b), RB_E_OOM);
    rn_tickets_free(&t);
}

UT_CASE(memory_may_run_out) {
    UT_SWEEP({
        rn_tickets t;
        rn_tickets_init(&t);
        for (int i = 0; i < 40; i++)
            if (!rn_tickets_new(&t)) {
                UT_EQ_INT(rb_error_code(), RB_E_OOM);
                break;
            }
        rn_tickets_free(&t);
    });
}

UT_MAIN(replies_go_to_the_oldest, a_ticket_is_good_once, late_replies_are_dropped,
        an_unreadable_reply_keeps_its_reason, memory_may_run_out)
