#pragma once

#include <boost/describe/class.hpp>
#include <leftfold/framework/aggregate.hpp>
#include <leftfold/framework/event_registry.hpp>
#include <stdexcept>
#include <string>
#include <utility>

// What can happen to a book of a library, now that the library has branches.

struct lent {
    static constexpr auto event_type = "book.lent";
    std::string reader;
    std::string branch = "main";
    static constexpr leftfold::members<&lent::branch> may_be_missing{};
};
struct brought_back {
    static constexpr auto event_type = "book.brought_back";
};
BOOST_DESCRIBE_STRUCT(lent, (), (reader, branch))
BOOST_DESCRIBE_STRUCT(brought_back, (), ())

/// How events of former days are read.
inline leftfold::event_registry known_events() {
    leftfold::event_registry events;
    events.rename("book.returned", "book.brought_back");
    return events;
}

struct already_lent : std::logic_error {
    explicit already_lent(const std::string& reader) : std::logic_error("the book is with " + reader) {}
};

class book : public leftfold::aggregate<book, lent, brought_back> {
public:
    static constexpr auto category = "book";

    void lend_to(std::string reader, std::string branch) {
        if (!reader_.empty()) throw already_lent{reader_};
        raise(lent{std::move(reader), std::move(branch)});
    }
    void take_back() {
        if (!reader_.empty()) raise(brought_back{});
    }

    const std::string& reader() const { return reader_; }

private:
    friend aggregate;
    void apply(const lent& e) { reader_ = e.reader; }
    void apply(const brought_back&) { reader_.clear(); }

    std::string reader_;
    BOOST_DESCRIBE_CLASS(book, (), (), (), (reader_))
};
