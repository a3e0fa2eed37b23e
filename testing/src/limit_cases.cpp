#include "limit_cases.hpp"

#include "store_subject.hpp"

namespace leftfold::inline v0::testing {

namespace {

/// Appends events of which one is refused, between two that would pass, and expects that nothing is stored.
void expect_refused(store_subject& at, errc why, std::string_view what, event_data refused) {
    auto events = numbered(1);
    events.push_back(std::move(refused));
    events.push_back(numbered(1).front());
    const auto text =
        expect_error(why, what, [&] { (void)at->append(alice, expected_version::any(), std::move(events)); });
    expect(!text.empty(), "an error without a text");
}

void what_is_over_a_limit_is_refused_and_nothing_is_lost(engine& subject, variant how) {
    store_subject at(subject, how, 4, {.event_bytes = 100, .batch_events = 5, .header_bytes = 50});
    must_append(*at, alice, numbered(1));
    const event_data too_large("test.large", std::string(101, 'x'));
    expect_refused(at, errc::event_too_large, "a payload over the limit", too_large);
    expect_refused(at, errc::headers_too_large, "headers over the limit",
                   event_data("test.large", "{}", {{"h", std::string(42, 'x')}}));  // 8 + 1 + 42 = 51 bytes
    expect_error(errc::batch_too_large, "more events than the limit",
                 [&] { (void)at->append(alice, expected_version::any(), numbered(6)); });
    const stream_id first("account", "{b}1");
    const stream_id second("account", "{b}2");
    expect_error(errc::batch_too_large, "more events than the limit over two streams", [&] {
        (void)at->append(
            {{first, expected_version::any(), numbered(3)}, {second, expected_version::any(), numbered(3)}});
    });
    at.between();
    expect_total(*at, 1);
    must_append(*at, alice, numbered(1), expected_version::exactly(version(1)));
}

void what_is_exactly_at_a_limit_is_stored(engine& subject, variant how) {
    store_subject at(subject, how, 4, {.event_bytes = 100, .batch_events = 5, .header_bytes = 50});
    auto events = numbered(4);
    events.emplace_back("test.large", std::string(100, 'x'), headers{{"h", std::string(41, 'x')}});
    must_append(*at, alice, events);
    at.between();
    expect_equal("the large payload", at->read_stream(alice).at(4).payload.size(), 100U);
}

void the_default_limits_hold(engine& subject, variant how) {
    store_subject at(subject, how);
    must_append(*at, alice, {event_data("test.large", std::string(1 << 20, 'x'))});
    must_append(*at, alice, numbered(1'000));
    expect_error(errc::event_too_large, "a payload over a mebibyte", [&] {
        (void)at->append(alice, expected_version::any(), {event_data("test.large", std::string((1 << 20) + 1, 'x'))});
    });
    expect_error(errc::batch_too_large, "more than a thousand events",
                 [&] { (void)at->append(alice, expected_version::any(), numbered(1'001)); });
    expect_error(errc::headers_too_large, "headers over 16 KiB", [&] {
        (void)at->append(alice, expected_version::any(),
                         {event_data("test.large", "{}", {{"h", std::string(16 << 10, 'x')}})});
    });
    at.between();
    expect_total(*at, 1'001);
}

void what_has_no_proper_name_is_refused(engine& subject, variant how) {
    store_subject at(subject, how);
    expect_refused(at, errc::invalid_name, "an event without a type", event_data("", "{}"));
    expect_refused(at, errc::invalid_name, "a type with a line break", event_data("a\nb", "{}"));
    expect_refused(at, errc::invalid_utf8, "a type that is not UTF-8", event_data("caf\xe9", "{}"));
    expect_error(errc::invalid_name, "a stream without a name",
                 [&] { (void)at->append(stream_id(), expected_version::any(), numbered(1)); });
    at.between();
    expect_total(*at, 0);
}

void an_append_of_nothing_is_refused(engine& subject, variant how) {
    store_subject at(subject, how);
    expect_error(errc::invalid_argument, "an append without events",
                 [&] { (void)at->append(alice, expected_version::any(), {}); });
    expect_error(errc::invalid_argument, "an append without streams",
                 [&] { (void)at->append(std::vector<stream_append>{}); });
    expect_error(errc::invalid_argument, "an append that names a stream twice", [&] {
        (void)at->append(
            {{alice, expected_version::any(), numbered(1)}, {alice, expected_version::any(), numbered(1)}});
    });
    at.between();
    expect_total(*at, 0);
}

}  // namespace

contract limit_cases() {
    return {
        {"what_is_over_a_limit_is_refused_and_nothing_is_lost", what_is_over_a_limit_is_refused_and_nothing_is_lost},
        {"what_is_exactly_at_a_limit_is_stored", what_is_exactly_at_a_limit_is_stored},
        {"the_default_limits_hold", the_default_limits_hold},
        {"what_has_no_proper_name_is_refused", what_has_no_proper_name_is_refused},
        {"an_append_of_nothing_is_refused", an_append_of_nothing_is_refused},
    };
}

}  // namespace leftfold::inline v0::testing
