// git_history: a git repository's first-parent history as events, and the trees of the past out of them.
//
//   git_history import REPO STORE
//   git_history as-of STORE (--commit SHA | --time T)
//   git_history verify STORE REPO [--samples N] [--seed S]
//   git_history blame PATH STORE
//   git_history diff STORE COMMIT COMMIT
//   git_history bisect STORE PATH BLOB [--first]
//
// Exit status: 0 done; 1 it failed, or verify found a difference; 2 wrong arguments.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>

#include "git_history/aggregate_trees.hpp"
#include "git_history/blame.hpp"
#include "git_history/commit_log.hpp"
#include "git_history/importer.hpp"
#include "git_history/model_trees.hpp"
#include "git_history/progress_bar.hpp"
#include "git_history/tree_diff.hpp"
#include "git_history/turning_point.hpp"
#include "git_history/verify.hpp"
#include "leftfold/storage/asked_time.hpp"
#include "leftfold/storage/environment.hpp"
#include "leftfold/storage/error.hpp"
#include "leftfold/storage/sqlite_store.hpp"

namespace {

using namespace git_history;

constexpr int failed = 1;
constexpr int wrong_arguments = 2;

struct arguments {
    std::filesystem::path repository, store;
    std::string commit, other_commit, time, path, blob, from = "aggregates";
    search_method method = search_method::bisect;
    verify_options verify{};
};

leftfold::event_store open_existing(const std::filesystem::path& path) {
    return leftfold::open_sqlite(path,
                                 {.access = leftfold::access::read_only, .mode = leftfold::open_mode::open_existing});
}

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

int run_import(const arguments& given) {
    const auto started = std::chrono::steady_clock::now();
    const git_repository repository(given.repository);
    auto store = leftfold::open_sqlite(given.store);
    std::optional<progress_bar> bar;
    const auto report = import_history(store, repository, {.on_progress = [&](std::size_t done, std::size_t total) {
                                           if (!bar) bar.emplace("importing commits", total);
                                           bar->at(done);
                                       }});
    bar.reset();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    fmt::print("{} commits with {} changes imported in {:.1f} s; {} commits were there before\n", report.commits,
               report.changes, took.count(), report.commits_before);
    return 0;
}

/// Where the read model of a store is kept: beside it.
std::filesystem::path database_of(const std::filesystem::path& store) {
    const auto named = store.has_filename() ? store : store.parent_path();
    return named.string() + ".files.db";
}

leftfold::instant now() {
    const auto world = leftfold::complete({});
    return leftfold::instant{std::chrono::microseconds{world.clock->wall_us()}};
}

std::optional<commit_imported> commit_asked_for(const arguments& given, leftfold::event_store& store) {
    const commit_log imported(store);
    if (!given.commit.empty()) return imported.find(given.commit);
    const auto when = leftfold::parse_asked_time(given.time, now());
    const auto commit = imported.at(when);
    if (commit) fmt::print(stderr, "as of {}: commit {}\n", leftfold::to_rfc3339(when), commit->sha);
    return commit;
}

int run_as_of(const arguments& given) {
    auto store = open_existing(given.store);
    const auto commit = commit_asked_for(given, store);
    if (!commit) {
        fmt::print(stderr, "git_history: no such commit is imported\n");
        return failed;
    }
    if (given.from == "aggregates") {
        print(list_tree(aggregate_trees(store).tree_of(*commit)));
    } else {
        print(list_tree(model_trees(store, database_of(given.store)).tree_of(*commit)));
    }
    return 0;
}

int run_verify(const arguments& given) {
    const git_repository repository(given.repository);
    auto store = open_existing(given.store);
    aggregate_trees from_aggregates(store);
    model_trees from_read_model(store, database_of(given.store));
    auto options = given.verify;
    std::optional<progress_bar> bar;
    options.on_progress = [&](std::size_t done, std::size_t total) {
        if (!bar) bar.emplace("comparing trees", total);
        bar->at(done);
    };
    const auto report = verify(store, repository, {&from_aggregates, &from_read_model}, options);
    bar.reset();
    for (const auto& difference : report.differences) fmt::print(stderr, "differs: {}\n", difference);
    fmt::print("{} of {} equal\n", report.equal, report.samples);
    return report.equal == report.samples ? 0 : failed;
}

int run_blame(const arguments& given) {
    auto store = open_existing(given.store);
    const auto lines = blame(store, given.path);
    if (lines.empty()) {
        fmt::print(stderr, "git_history: {} was never there\n", given.path);
        return failed;
    }
    print(lines);
    return 0;
}

int run_diff(const arguments& given) {
    auto store = open_existing(given.store);
    const commit_log imported(store);
    const auto from = imported.find(given.commit);
    const auto to = imported.find(given.other_commit);
    if (!from || !to) {
        fmt::print(stderr, "git_history: no such commit is imported: {}\n", from ? given.other_commit : given.commit);
        return failed;
    }
    print(diff_trees(store, *from, *to));
    return 0;
}

int run_bisect(const arguments& given) {
    auto store = open_existing(given.store);
    const auto found = find_turning_point(store, given.path, given.blob, given.method);
    if (!found) {
        fmt::print(stderr, "git_history: {} never was {}\n", given.path, given.blob);
        return failed;
    }
    fmt::print("{}\n", found->commit.sha);
    const auto date = leftfold::to_rfc3339(leftfold::instant{found->commit.date});
    if (found->method == search_method::bisect)
        fmt::print(stderr, "dated {}; found by bisect: a commit at which it turns, after {} looks at {} commits\n",
                   date, found->looks, commit_log(store).size());
    else
        fmt::print(stderr, "dated {}; found by first-where: the first such commit, after all {} versions of the path\n",
                   date, found->looks);
    return 0;
}

void describe_comparisons(CLI::App& app, arguments& given, int& status) {
    auto* diff = app.add_subcommand("diff", "Print what differs between two commits as git diff-tree -r --raw does");
    diff->add_option("STORE", given.store, "The store's directory")->required();
    diff->add_option("FROM", given.commit, "A commit; four digits do when they are unambiguous")->required();
    diff->add_option("TO", given.other_commit, "Another one, older or newer")->required();
    diff->callback([&] { status = run_diff(given); });

    auto* bisect = app.add_subcommand("bisect", "Find a commit at which a path turned to a blob");
    bisect->add_option("STORE", given.store, "The store's directory")->required();
    bisect->add_option("PATH", given.path, "The path, as git prints it or in its own bytes")->required();
    bisect->add_option("BLOB", given.blob, "The blob's id, or its beginning")->required();
    bisect->add_flag_callback(
        "--first", [&] { given.method = search_method::first_where; }, "Find the first one, by reading all versions");
    bisect->callback([&] { status = run_bisect(given); });
}

/// Describes the commands. Their callbacks set the exit status.
void describe(CLI::App& app, arguments& given, int& status) {
    app.require_subcommand(1);
    auto* importing = app.add_subcommand("import", "Import what the store has not of a repository's history");
    importing->add_option("REPO", given.repository, "A git repository, bare or not")->required();
    importing->add_option("STORE", given.store, "The store's directory; made when it is not there")->required();
    importing->callback([&] { status = run_import(given); });

    auto* as_of = app.add_subcommand("as-of", "Print a tree of the past as git ls-tree -r does");
    as_of->add_option("STORE", given.store, "The store's directory")->required();
    auto* which = as_of->add_option_group("which", "Which tree");
    which->add_option("--commit", given.commit, "The tree of this commit; four digits do when they are unambiguous");
    which->add_option("--time", given.time,
                      "The tree of the last commit dated so, or earlier (a date is its 00:00:00Z)");
    which->require_option(1);
    as_of->add_option("--from", given.from, "What answers: the aggregates, or the read model with its history")
        ->check(CLI::IsMember({"aggregates", "read-model"}))
        ->capture_default_str();
    as_of->callback([&] { status = run_as_of(given); });

    auto* verify = app.add_subcommand("verify", "Compare trees of the past with git's, byte for byte");
    verify->add_option("STORE", given.store, "The store's directory")->required();
    verify->add_option("REPO", given.repository, "The repository that was imported")->required();
    verify->add_option("--samples", given.verify.samples, "How many commits to compare")->capture_default_str();
    verify->add_option("--seed", given.verify.seed, "Which ones: the same seed picks the same")->capture_default_str();
    verify->callback([&] { status = run_verify(given); });

    auto* blame = app.add_subcommand("blame", "List the versions of a path");
    blame->add_option("PATH", given.path, "The path, as git prints it or in its own bytes")->required();
    blame->add_option("STORE", given.store, "The store's directory")->required();
    blame->callback([&] { status = run_blame(given); });

    describe_comparisons(app, given, status);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("A git history as events: import it, and ask for the trees of the past");
    arguments given;
    int status = 0;
    describe(app, given, status);
    try {
        app.parse(argc, argv);
        return status;
    } catch (const CLI::ParseError& wrong) {
        return app.exit(wrong) == 0 ? 0 : wrong_arguments;
    } catch (const std::invalid_argument& wrong) {
        fmt::print(stderr, "git_history: {}\n", wrong.what());
        return wrong_arguments;
    } catch (const leftfold::error& wrong) {
        fmt::print(stderr, "git_history: {}\n", wrong.what());
        return wrong.kind() == leftfold::errc::invalid_argument ? wrong_arguments : failed;
    } catch (const std::exception& wrong) {
        fmt::print(stderr, "git_history: {}\n", wrong.what());
        return failed;
    }
}
