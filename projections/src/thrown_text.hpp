#pragma once

#include <exception>
#include <string>

namespace leftfold::inline v0::detail {

/// What somebody else's code threw, as text to tell of.
inline std::string thrown_text(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& known) {
        return known.what();
    } catch (...) {
        return "something that is no std::exception";
    }
}

}  // namespace leftfold::inline v0::detail
