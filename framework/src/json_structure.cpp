// The part of the reader that knows objects and arrays.

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "json_number.hpp"
#include "leftfold/framework/detail/json_reader.hpp"

namespace leftfold::inline v0::detail {

std::string_view json_reader::key() {
    skip_space();
    if (at_ == end_ || *at_ != '"') fail_syntax(at_, "no name of a member");
    const std::string_view name = text(scratch_);
    if (!next_is(':')) fail_syntax(at_, "no colon after the name of a member");
    return name;
}

void json_reader::structure(const struct_reader& type, void* object) {
    if (!next_is('{')) fail_wanted(at_, "an object");
    enter();
    path_scope here{path_};
    std::uint64_t seen = 0;
    std::vector<std::string> ignored;
    std::size_t guess = 0;  // members mostly come in the order in which they are written
    if (!next_is('}')) {
        do {
            skip_space();
            std::size_t i = guess;
            if (i < type.size && type.members[i].key.size() < static_cast<std::size_t>(end_ - at_) &&
                std::memcmp(at_, type.members[i].key.data(), type.members[i].key.size()) == 0)
                at_ += type.members[i].key.size();
            else
                i = find_member(type);
            if (i == type.size) {
                ignore_member(type, ignored, here);
                continue;
            }
            const member_reader& member = type.members[i];
            here.member(member.name());
            const std::uint64_t bit = std::uint64_t{1} << i;
            if ((seen & bit) != 0) fail("stands twice in the same object");
            seen |= bit;
            member.read(*this, object);
            guess = i + 1;
        } while (next_is(','));
        if (!next_is('}')) fail_syntax(at_, "neither a comma nor the end of the object");
    }
    if ((type.required & ~seen) != 0 || !ignored.empty()) check_members(type, seen, ignored, here);
    leave();
}

/// Passes a member's name and gives its place in the table; one past the last for an unknown name, then in scratch_.
std::size_t json_reader::find_member(const struct_reader& type) {
    const std::string_view name = key();
    for (std::size_t i = 0; i < type.size; ++i)
        if (type.members[i].name() == name) return i;
    if (name.data() != scratch_.data()) scratch_.assign(name);
    return type.size;
}

void json_reader::ignore_member(const struct_reader& type, std::vector<std::string>& ignored, path_scope& here) {
    ignored.push_back(scratch_);
    here.member(ignored.back());
    if (type.closed) fail("is a member that the closed type does not know");
    skip_value();
}

/// Refuses an object that lacks a required member or has an unknown one twice.
void json_reader::check_members(const struct_reader& type, std::uint64_t seen, std::vector<std::string>& ignored,
                                path_scope& here) const {
    if (const std::uint64_t missing = type.required & ~seen; missing != 0) {
        here.member(type.members[std::countr_zero(missing)].name());
        fail("is missing");
    }
    std::sort(ignored.begin(), ignored.end());
    if (const auto twice = std::adjacent_find(ignored.begin(), ignored.end()); twice != ignored.end()) {
        here.member(*twice);
        fail("stands twice in the same object");
    }
}

std::string_view json_reader::open_alternative() {
    if (!next_is('{')) fail_wanted(at_, "an object with the tag of an alternative");
    enter();
    return key();
}

void json_reader::close_alternative() {
    if (!next_is('}')) fail_syntax(at_, "no end of the object after the one alternative");
    leave();
}

array_cursor::array_cursor(json_reader& in) : in_(in), here_(in.path_) {
    if (!in.next_is('[')) in.fail_wanted(in.at_, "an array");
    in.enter();
}

bool array_cursor::next() {
    here_.element(count_);
    if (in_.next_is(']')) return false;
    if (count_ != 0) {
        if (!in_.next_is(',')) in_.fail_syntax(in_.at_, "neither a comma nor the end of the array");
        in_.skip_space();
    }
    ++count_;
    return true;
}

map_cursor::map_cursor(json_reader& in) : in_(in), here_(in.path_) {
    if (!in.next_is('{')) in.fail_wanted(in.at_, "an object");
    in.enter();
}

bool map_cursor::next() {
    if (is_first_ ? in_.next_is('}') : !in_.next_is(',')) {
        if (!is_first_ && !in_.next_is('}')) in_.fail_syntax(in_.at_, "neither a comma nor the end of the object");
        return false;
    }
    is_first_ = false;
    key_.assign(in_.key());
    here_.member(key_);
    return true;
}

// Values that nobody looks into.

std::string_view json_reader::raw() {
    const char* const start = place();
    skip_value();
    return {start, static_cast<std::size_t>(at_ - start)};
}

void json_reader::skip_value() {
    skip_space();
    switch (at_ == end_ ? '\0' : *at_) {
        case '{':
            for (map_cursor cursor{*this}; cursor.next();) skip_value();
            break;
        case '[':
            for (array_cursor cursor{*this}; cursor.next();) skip_value();
            break;
        case '"':
            text(scratch_);
            break;
        case 't':
            skip_word("true");
            break;
        case 'f':
            skip_word("false");
            break;
        case 'n':
            skip_word("null");
            break;
        default:
            skip_number();
    }
}

void json_reader::skip_number() {
    const char* const end = end_of_number(at_, end_);
    if (end == nullptr || goes_on(end, end_)) fail_syntax(at_, "no value");
    at_ = end;
}

void json_reader::skip_word(std::string_view word) {
    if (std::string_view{at_, static_cast<std::size_t>(end_ - at_)}.substr(0, word.size()) != word)
        fail_syntax(at_, "an unknown word");
    at_ += word.size();
}

}  // namespace leftfold::inline v0::detail
