#include "raw_dom.hpp"

#include <boost/json.hpp>

#include "domain.hpp"

namespace bench {

std::int64_t cents_by_dom(std::string_view payload) {
    return boost::json::value_to<item_changed>(boost::json::parse({payload.data(), payload.size()})).cents;
}

}  // namespace bench
