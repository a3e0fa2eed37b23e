#include "leftfold/storage/append.hpp"

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0 {

bool expected_version::holds_for(version actual) const {
    switch (kind_) {
        case rule::any:
            return true;
        case rule::none:
            return actual == version{};
        case rule::exists:
            return actual > version{};
        case rule::exactly:
            return actual == at_;
    }
    return false;
}

std::string to_string(expected_version expected) {
    switch (expected.kind()) {
        case expected_version::rule::any:
            return "any version";
        case expected_version::rule::none:
            return "no event";
        case expected_version::rule::exists:
            return "at least one event";
        case expected_version::rule::exactly:
            return "version " + std::to_string(expected.at().value());
    }
    return "an unknown expectation";
}

void throw_exception_from_error(const conflict& refused, const boost::source_location&) {
    throw error(errc::invalid_argument, "taking the outcome of an append that was refused: expected " +
                                            to_string(refused.expected) + " in " + to_string(refused.stream) +
                                            ", found version " + std::to_string(refused.actual.value()));
}

}  // namespace leftfold::inline v0
