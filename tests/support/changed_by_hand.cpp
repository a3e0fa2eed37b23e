#include "support/changed_by_hand.hpp"

#include <sqlite3.h>

#include <memory>
#include <stdexcept>

namespace leftfold::test_support {

void change_by_hand(const std::filesystem::path& database, const std::string& sql) {
    sqlite3* raw = nullptr;
    const auto opened = sqlite3_open_v2(database.c_str(), &raw, SQLITE_OPEN_READWRITE, nullptr);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> connection(raw, &sqlite3_close);
    constexpr int wait_ms = 10'000;
    sqlite3_busy_timeout(raw, wait_ms);
    for (const auto* each : {"PRAGMA wal_autocheckpoint = 0", sql.c_str()})
        if (opened != SQLITE_OK || sqlite3_exec(raw, each, nullptr, nullptr, nullptr) != SQLITE_OK)
            throw std::runtime_error(sqlite3_errmsg(raw));
}

}  // namespace leftfold::test_support
