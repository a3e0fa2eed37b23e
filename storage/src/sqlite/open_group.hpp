#pragma once

#include "leftfold/storage/participating_log.hpp"
#include "sqlite/connection.hpp"
#include "sqlite/statement.hpp"

namespace leftfold::inline v0::sqlite {

/// What participants may do on a writing connection, and whether they are at it now.
///
/// SQLite asks an authorizer about each statement as it is prepared. The store's own statements pass; those that are
/// prepared while participants act may not change the store's tables, nor end the transaction.
class participant_guard {
public:
    /// Watches over a connection that was just opened. Must outlive it.
    void watch(connection& on);
    void set(bool participants_act) { participants_act_ = participants_act; }

private:
    static int authorize(void* guard, int action, const char* first, const char* second, const char* database,
                         const char* trigger);

    bool participants_act_ = false;
};

/// The transaction of one group, with a savepoint for each append.
class open_group final : public group_transaction {
public:
    open_group(connection& on, participant_guard& guard) : connection_(on), guard_(guard) {}
    ~open_group() override { guard_.set(false); }

    sqlite3* sqlite() override { return connection_.handle(); }
    connection& database() { return connection_; }
    void begin_append() override;
    void keep_append() override;
    void undo_append() override;

private:
    void end_participation();
    static void run(statement& prepared, connection& on, const char* sql);

    connection& connection_;
    participant_guard& guard_;
    statement begin_;  // prepared on first use: most groups have none
    statement keep_;
    statement undo_;
};

}  // namespace leftfold::inline v0::sqlite
