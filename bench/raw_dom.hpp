#pragma once

#include <cstdint>
#include <string_view>

namespace bench {

/// Decodes an item_changed by Boost.JSON's document model and its conversion of described structs; gives its cents.
std::int64_t cents_by_dom(std::string_view payload);

}  // namespace bench
