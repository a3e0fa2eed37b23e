/// Runs contracts as tests of GoogleTest. An engine's whole test file is its `engine` and one call:
///
///     const bool registered = leftfold::testing::register_contracts(
///         "my_engine", [] { return std::make_unique<my_engine>(); });
#pragma once

#include <gtest/gtest.h>

#include "leftfold/testing/log_contract.hpp"
#include "leftfold/testing/store_contract.hpp"

namespace leftfold::inline v0::testing {

/// One case of a contract as a test.
class contract_test : public ::testing::Test {
public:
    contract_test(contract_case promise, engine_maker maker, variant how)
        : promise_(std::move(promise)), maker_(std::move(maker)), how_(how) {}

    void TestBody() override {
        const auto subject = maker_();
        if (const auto broken = promise_.run(*subject, how_)) ADD_FAILURE() << promise_.name << ": " << *broken;
    }

private:
    contract_case promise_;
    engine_maker maker_;
    variant how_;
};

/// Registers a contract's cases as tests of `suite`, and those that may differ after opening again as tests of
/// `suite_reopened` too. Returns true, to be called by an initialiser.
inline bool register_contract(const std::string& suite, const contract& promises, const engine_maker& maker) {
    const auto add = [&](const std::string& named, const contract_case& promise, variant how) {
        ::testing::RegisterTest(named.c_str(), promise.name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                                [=]() -> contract_test* { return new contract_test(promise, maker, how); });
    };
    const bool keeps = maker()->keeps();
    for (const auto& promise : promises) add(suite, promise, variant::straight);
    for (const auto& promise : promises) {
        if (keeps && promise.reopens) add(suite + "_reopened", promise, variant::reopened);
    }
    return true;
}

/// Registers every contract there is: the ports' and the store's.
inline bool register_contracts(const std::string& engine_name, const engine_maker& maker) {
    for (const auto& promises : {log_contract(), index_contract(), side_contract()}) {
        register_contract(engine_name + "_ports_contract", promises, maker);
    }
    for (const auto& promises : {append_contract(), reading_contract(), threads_contract()}) {
        register_contract(engine_name + "_store_contract", promises, maker);
    }
    return true;
}

}  // namespace leftfold::inline v0::testing
