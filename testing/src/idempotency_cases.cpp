#include "idempotency_cases.hpp"

#include "store_subject.hpp"

namespace leftfold::inline v0::testing {

namespace {

const stream_id alice_of_b1("account", "{b1}/alice");
const stream_id bob_of_b1("account", "{b1}/bob");  // of the same partition

void expect_same_outcome(const appended& again, const appended& first) {
    expect(again.repeated, "a repeated append does not say so");
    expect_equal("the repeat's position", again.position, first.position);
    expect_equal("the repeat's first offset", again.first, first.first);
    expect_equal("the repeat's time", again.recorded, first.recorded);
    expect_equal("the repeat's versions", again.versions, first.versions);
}

void an_append_under_the_same_ids_is_stored_once(engine& subject, variant how) {
    store_subject at(subject, how);
    const std::vector events{known_as("one", "{\"n\":1}"), known_as("two", "{\"n\":2}")};
    const auto first = must_append(*at, alice_of_b1, events, expected_version::none());
    must_append(*at, alice_of_b1, numbered(3));
    at.between();
    expect_same_outcome(must_append(*at, alice_of_b1, events), first);
    // The look-up comes before the version check: the stream is not new any more, and the answer is the first one.
    expect_same_outcome(must_append(*at, alice_of_b1, events, expected_version::none()), first);
    expect_total(*at, 5);
    must_append(*at, alice_of_b1, numbered(1), expected_version::exactly(version(5)));
}

void an_append_to_several_streams_repeats_as_a_whole(engine& subject, variant how) {
    store_subject at(subject, how);
    const std::vector<stream_append> streams{{alice_of_b1, expected_version::none(), {known_as("a1"), known_as("a2")}},
                                             {bob_of_b1, expected_version::none(), {known_as("b1")}}};
    const auto first = at->append(streams);
    expect(first.has_value(), "an atomic append was refused");
    at.between();
    const auto again = at->append(streams);
    expect(again.has_value(), "a repeat was refused");
    expect_same_outcome(*again, *first);
    expect_total(*at, 3);
}

void some_known_ids_among_new_ones_are_refused(engine& subject, variant how) {
    store_subject at(subject, how);
    must_append(*at, alice_of_b1, {known_as("one")});
    at.between();
    const auto text = expect_error(errc::partial_duplicate, "an append with one id that is stored", [&] {
        (void)at->append(alice_of_b1, expected_version::any(), {known_as("one"), known_as("two")});
    });
    expect_mentions(text, to_string(derive_event_id("two")));
    expect_error(errc::partial_duplicate, "the same the other way round", [&] {
        (void)at->append(alice_of_b1, expected_version::any(), {known_as("two"), known_as("one")});
    });
    expect_total(*at, 1);
    must_append(*at, alice_of_b1, {known_as("two")});
}

void an_id_with_other_content_is_refused(engine& subject, variant how) {
    store_subject at(subject, how);
    must_append(*at, alice_of_b1, {known_as("one", "{\"n\":1}")});
    at.between();
    expect_error(errc::id_reused, "an id that is stored with another payload",
                 [&] { (void)at->append(alice_of_b1, expected_version::any(), {known_as("one", "{\"n\":2}")}); });
    expect_error(errc::id_reused, "an id that is stored with another type", [&] {
        auto event = known_as("one", "{\"n\":1}");
        event.type = "test.other";
        (void)at->append(alice_of_b1, expected_version::any(), {event});
    });
    expect_error(errc::id_reused, "an id that is stored in another stream",
                 [&] { (void)at->append(bob_of_b1, expected_version::any(), {known_as("one", "{\"n\":1}")}); });
    expect_total(*at, 1);
}

void known_ids_in_another_order_are_refused(engine& subject, variant how) {
    store_subject at(subject, how);
    must_append(*at, alice_of_b1, {known_as("one"), known_as("two")});
    at.between();
    expect_error(errc::id_reused, "stored ids in another order", [&] {
        (void)at->append(alice_of_b1, expected_version::any(), {known_as("two"), known_as("one")});
    });
    expect_total(*at, 2);
}

void an_id_twice_in_one_append_is_refused(engine& subject, variant how) {
    store_subject at(subject, how);
    expect_error(errc::id_reused, "one id for two events", [&] {
        (void)at->append(alice_of_b1, expected_version::any(), {known_as("one"), known_as("one")});
    });
    expect_error(errc::id_reused, "one id for events of two streams", [&] {
        (void)at->append({{alice_of_b1, expected_version::any(), {known_as("one")}},
                          {bob_of_b1, expected_version::any(), {known_as("one")}}});
    });
    at.between();
    expect_total(*at, 0);
}

void a_retry_looks_up_the_ids_that_the_store_made(engine& subject, variant how) {
    store_subject at(subject, how);
    const auto first = must_append(*at, alice_of_b1, numbered(2));
    at.between();
    auto events = numbered(2);
    const auto stored = at->read_stream(alice_of_b1);
    for (std::size_t i = 0; i < events.size(); ++i) events[i].id = stored[i].id;
    const auto again = at->append(alice_of_b1, expected_version::none(), events, {.attempt = attempt::retry});
    expect(again.has_value(), "a retry was refused");
    expect_same_outcome(*again, first);
    const auto fresh = at->append(alice_of_b1, expected_version::any(), numbered(1), {.attempt = attempt::retry});
    expect(fresh.has_value() && !fresh->repeated, "a retry of what was never stored was not stored");
    expect_total(*at, 3);
}

void an_id_leads_to_its_event(engine& subject, variant how) {
    store_subject at(subject, how);
    must_append(*at, alice_of_b1, numbered(3));
    const auto done = must_append(*at, bob_of_b1, {known_as("one")});
    at.between();
    expect_equal("the place of an id", at->find_event(alice_of_b1, derive_event_id("one")),
                 std::optional(done.position));
    expect_equal("the place of an id that is not there", at->find_event(alice_of_b1, derive_event_id("two")),
                 std::optional<position>{});
}

}  // namespace

contract idempotency_cases() {
    return {
        {"an_append_under_the_same_ids_is_stored_once", an_append_under_the_same_ids_is_stored_once},
        {"an_append_to_several_streams_repeats_as_a_whole", an_append_to_several_streams_repeats_as_a_whole},
        {"some_known_ids_among_new_ones_are_refused", some_known_ids_among_new_ones_are_refused},
        {"an_id_with_other_content_is_refused", an_id_with_other_content_is_refused},
        {"known_ids_in_another_order_are_refused", known_ids_in_another_order_are_refused},
        {"an_id_twice_in_one_append_is_refused", an_id_twice_in_one_append_is_refused},
        {"a_retry_looks_up_the_ids_that_the_store_made", a_retry_looks_up_the_ids_that_the_store_made},
        {"an_id_leads_to_its_event", an_id_leads_to_its_event},
    };
}

}  // namespace leftfold::inline v0::testing
