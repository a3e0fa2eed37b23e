#pragma once

#include <boost/describe/class.hpp>
#include <leftfold/framework/aggregate.hpp>
#include <stdexcept>
#include <string>
#include <utility>

// What can happen to a book of a library.

struct lent {
    static constexpr auto event_type = "book.lent";
    std::string reader;
};
struct returned {
    static constexpr auto event_type = "book.returned";
};
BOOST_DESCRIBE_STRUCT(lent, (), (reader))
BOOST_DESCRIBE_STRUCT(returned, (), ())

struct already_lent : std::logic_error {
    explicit already_lent(const std::string& reader) : std::logic_error("the book is with " + reader) {}
};

class book : public leftfold::aggregate<book, lent, returned> {
public:
    static constexpr auto category = "book";

    void lend_to(std::string reader) {
        if (!reader_.empty()) throw already_lent{reader_};
        raise(lent{std::move(reader)});
    }
    void take_back() {
        if (!reader_.empty()) raise(returned{});
    }

    const std::string& reader() const { return reader_; }

private:
    friend aggregate;
    void apply(const lent& e) { reader_ = e.reader; }
    void apply(const returned&) { reader_.clear(); }

    std::string reader_;
    BOOST_DESCRIBE_CLASS(book, (), (), (), (reader_))
};
