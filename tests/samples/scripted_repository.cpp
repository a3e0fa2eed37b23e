#include "samples/scripted_repository.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "git_history/git_process.hpp"
#include "git_history/quoting.hpp"

using git_history::run_git;

file_edit file(std::string path, std::string data) { return {std::move(path), "100644", std::move(data)}; }
file_edit script_file(std::string path, std::string data) { return {std::move(path), "100755", std::move(data)}; }
file_edit soft_link(std::string path, std::string target) { return {std::move(path), "120000", std::move(target)}; }
file_edit submodule(std::string path, char digit) { return {std::move(path), "160000", std::string(40, digit)}; }
file_edit gone(std::string path) { return {std::move(path), "", ""}; }

scripted_repository::scripted_repository(std::filesystem::path path) : path_(std::move(path)) {
    std::filesystem::create_directories(path_);
    run_git(path_, {"init", "--quiet", "--bare", "--initial-branch=main", "."});
    std::ofstream(marks_file()).flush();
}

scripted_repository::mark scripted_repository::commit(const std::vector<file_edit>& edits, std::int64_t date) {
    return commit(edits, date, tip_ == 0 ? std::vector<mark>{} : std::vector<mark>{tip_});
}

scripted_repository::mark scripted_repository::commit(const std::vector<file_edit>& edits, std::int64_t date,
                                                      const std::vector<mark>& parents) {
    // Each commit is made on a branch of its own, because fast-import continues a branch unless told otherwise.
    const auto message = fmt::format("commit {}", ++last_);
    script_ += fmt::format("commit refs/heads/c{0}\nmark :{0}\nauthor Ann Author <ann@example.org> {1} +0100\n", last_,
                           date - 60);
    script_ += fmt::format("committer Carl Committer <carl@example.org> {} +0000\ndata {}\n{}\n", date, message.size(),
                           message);
    for (std::size_t i = 0; i < parents.size(); ++i) {
        script_ += fmt::format("{} :{}\n", i == 0 ? "from" : "merge", parents[i]);
    }
    for (const auto& edit : edits) {
        const auto path = git_history::quote_path(edit.path);
        if (edit.mode.empty()) {
            script_ += fmt::format("D {}\n", path);
        } else if (edit.mode == "160000") {
            script_ += fmt::format("M 160000 {} {}\n", edit.data, path);
        } else {
            script_ += fmt::format("M {} inline {}\ndata {}\n{}\n", edit.mode, path, edit.data.size(), edit.data);
        }
    }
    script_ += '\n';
    return tip_ = last_;
}

void scripted_repository::write() {
    const auto script = path_ / "script";
    std::ofstream(script, std::ios::binary) << std::exchange(script_, {});
    const auto command =
        fmt::format("git -C '{0}' fast-import --quiet --force --import-marks='{1}' --export-marks='{1}' < '{2}'",
                    path_.string(), marks_file().string(), script.string());
    if (std::system(command.c_str()) != 0) throw std::runtime_error("fast-import failed");
    reset_to(tip_);
}

void scripted_repository::reset_to(mark commit) {
    run_git(path_, {"update-ref", "refs/heads/main", fmt::format("refs/heads/c{}", commit)});
    tip_ = commit;
}

std::vector<std::string> scripted_repository::history() const {
    std::istringstream lines(run_git(path_, {"rev-list", "--first-parent", "--reverse", "main"}));
    std::vector<std::string> shas;
    for (std::string line; std::getline(lines, line);) shas.push_back(line);
    return shas;
}

void script_oddities(scripted_repository& repository) {
    constexpr std::int64_t noon = 1'768'478'400;  // 2026-01-15T12:00:00Z
    constexpr std::int64_t day = 86'400;
    std::string every_byte;
    for (int byte = 1; byte < 256; ++byte) {
        if (byte != '/') every_byte += static_cast<char>(byte);
    }
    const std::string deep(200, 'd');

    repository.commit({}, noon, {});  // a root without files
    const auto trunk =
        repository.commit({file("README"), file("src/main.c"), script_file("run"), soft_link("latest")}, noon + day);
    repository.commit({file("a b"), file("quote\"d"), file("back\\slash"), file("tab\there"), file("new\nline"),
                       file("caf\xc3\xa9"), file("latin1-\xe9"), file(every_byte), file("\"quoted\""), file(" lead"),
                       file(deep + "/" + deep + "/" + deep + "/" + deep + "/" + deep + "/" + deep), file("-dash"),
                       file("{brace}/x"), file("sha256:" + std::string(64, '0'))},
                      noon + 2 * day);
    repository.commit({file("a.b"), file("a/b"), file("a-b"), file("a0"), file("ab/c")}, noon + 3 * day);
    repository.commit({submodule("vendor/lib", 'a'), file(".gitmodules",
                                                          "[submodule \"lib\"]\n\tpath = vendor/lib\n"
                                                          "\turl = x\n\tignore = all\n")},
                      noon - 5 * day);  // dated before its parent
    repository.commit({submodule("vendor/lib", 'b')}, noon - 4 * day);
    repository.commit({soft_link("README", "src/main.c"), file("latest", "a file now"),
                       file("vendor/lib", "no submodule"), script_file("src/main.c"), file("run")},
                      noon + 4 * day);
    const auto before_merge = repository.commit({}, noon + 5 * day);  // nothing changed
    const auto left = repository.commit({file("left"), file("src/main.c", "left\n")}, noon + 2 * day, {trunk});
    const auto right = repository.commit({file("right")}, noon + 2 * day, {trunk});
    repository.commit({file("left"), file("merged")}, noon + 6 * day, {before_merge, left});
    const auto merged = repository.commit({gone("a b")}, noon + 7 * day);
    repository.commit({file("left"), file("right")}, noon + 6 * day, {merged, left, right});  // an octopus
    repository.commit({gone("src/main.c"), gone("latin1-\xe9"), gone("a/b"), file("a", "a file where a folder was")},
                      noon + 8 * day);
    repository.commit({gone("a"), file("a/b/c"), file("latin1-\xe9", "again")}, noon + 8 * day);  // the same second
    repository.commit({submodule("README", 'c'), soft_link("vendor/lib")}, noon + 9 * day);
    repository.write();
}
