#pragma once
// A stored event as its row has it: what the raw sides write, to the byte the columns of a leftfold store.

#include <cstdint>
#include <string>

namespace bench {

struct raw_row {
    std::int64_t recorded_at = 0;
    std::int64_t occurred_at = 0;
    std::string category;
    std::string key;
    std::int64_t version = 0;
    std::string type;
    std::string id;
    std::string headers;
    std::string chain;
    std::int64_t payload_crc = 0;
    std::int64_t envelope_crc = 0;
    std::string payload;
};

}  // namespace bench
