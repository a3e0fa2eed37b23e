// Any words, given to a program's command line beside the owner of a store: it ends by itself, with a status that is
// documented and, unless it is 0, a last line on standard error that says why; and the store is what it was.
//
// A line is a word, and what follows an empty line is standard input. `S` is the store, `N` a place where nothing is.
// Words that lead out of the scratch directory are not tried, nor what is meant to go on until somebody ends it (tail)
// or takes as long as it is told to (sql).

#include <fcntl.h>
#include <boost/describe/class.hpp>

#include <cctype>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <sstream>
#include <vector>

#include "leftfold/framework/repository.hpp"
#include "leftfold/storage/sqlite_store.hpp"
#include "leftfold/tools/domain.hpp"
#include "leftfold/tools/main.hpp"
#include "scratch.hpp"

namespace {

namespace fs = std::filesystem;

struct deposited {
    static constexpr auto event_type = "bank.deposited";
    std::uint32_t cents{};
};
BOOST_DESCRIBE_STRUCT(deposited, (), (cents))

class account : public leftfold::aggregate<account, deposited> {
public:
    static constexpr auto category = "account";
    void deposit(std::uint32_t cents) { raise(deposited{cents}); }

private:
    friend aggregate;
    void apply(const deposited& e) { balance_ += e.cents; }
    std::uint64_t balance_{};
    BOOST_DESCRIBE_CLASS(account, (), (), (), (balance_))
};

/// The store, open: whoever asks beside its owner waits for nothing, and can alter nothing.
struct world {
    fuzz::scratch scratch;
    fs::path path = scratch / "store";
    fs::path elsewhere = scratch / "elsewhere";
    leftfold::event_store store = leftfold::open_sqlite(path, {.partitions = 2});
    leftfold::cut heads;
    leftfold::tools::domain bank;
    int home = ::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

    world() {
        leftfold::repository<account> accounts{store};
        for (std::uint32_t i = 0; i != 12; ++i)
            accounts.execute(i % 3 == 0 ? "alice" : "bob", [&](account& a) { a.deposit(i); });
        heads = store.heads();
        bank.aggregate<account>();
    }
};

/// Whether all paths among the words stay below where the program runs.
bool stays_inside(const std::string& word) {
    if (word.find("..") != std::string::npos) return false;
    for (std::size_t at = 0; at != word.size(); ++at)
        if (word[at] == '/' && (at == 0 || std::isalnum(static_cast<unsigned char>(word[at - 1])) == 0)) return false;
    return true;
}

struct command {
    std::vector<std::string> words{"bank"};
    std::string input;
};

/// Reads what to run; nothing when it is not to be tried.
std::optional<command> read(const world& at, const std::string& text) {
    command found;
    std::istringstream lines(text);
    for (std::string word; std::getline(lines, word) && !word.empty();) {
        if (!stays_inside(word) || word == "tail" || word == "sql") return std::nullopt;
        if (word == "S") word = at.path;
        if (word == "N") word = at.elsewhere / "new";
        found.words.push_back(std::move(word));
    }
    found.input.assign(std::istreambuf_iterator<char>(lines), {});
    return found;
}

void run(const world& at, const command& what) {
    std::vector<const char*> argv;
    for (const auto& word : what.words) argv.push_back(word.c_str());
    std::istringstream in(what.input);
    std::ostringstream out;
    std::ostringstream err;
    const auto status = leftfold::tools::run(static_cast<int>(argv.size()), argv.data(), at.bank, in, out, err);
    if (status < leftfold::tools::success || status > leftfold::tools::cannot_here) std::abort();
    if (status == leftfold::tools::success) return;
    const auto told = err.str();
    if (!told.ends_with('\n')) std::abort();
    const auto before_last = told.rfind('\n', told.size() - 2);
    const auto last = told.substr(before_last == std::string::npos ? 0 : before_last + 1);
    if (!last.starts_with("bank: ")) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    static world at;
    const auto what = read(at, {reinterpret_cast<const char*>(data), size});
    if (!what) return 0;
    fs::remove_all(at.elsewhere);
    fs::create_directory(at.elsewhere);
    if (::chdir(at.elsewhere.c_str()) != 0) std::abort();
    run(at, *what);
    if (::fchdir(at.home) != 0) std::abort();  // libFuzzer keeps its files by relative paths
    if (at.store.heads() != at.heads) std::abort();
    return 0;
}
