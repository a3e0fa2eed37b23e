#pragma once
// Where in a value the reader or the writer is. Each level keeps one link on the stack, so that knowing the place costs
// a store or two, and its text is only made when something is wrong there.

#include <cstddef>
#include <new>
#include <string>
#include <string_view>

namespace leftfold::inline v0::detail {

/// One level of nesting: the member or the element that is being worked on.
struct path_link {
    const path_link* parent = nullptr;
    std::string_view name;  // of a member; without data until one is reached
    std::size_t index = 0;  // of an element
    bool is_element = false;
};

/// Spells the path from the outermost link, `$`, to the given one: `$.lines[1].qty`. A name that is no identifier is
/// quoted: `$["first name"]`.
std::string to_string(const path_link* innermost);

/// Adds a level to a path for as long as it lives.
class path_scope {
public:
    explicit path_scope(const path_link*& innermost) : innermost_(innermost), link_{innermost, {}, 0, false} {
        // Laundered, since g++ 12 does not see that the destructor takes it back, and warns of a dangling pointer.
        innermost_ = std::launder(&link_);
    }
    path_scope(const path_scope&) = delete;
    path_scope& operator=(const path_scope&) = delete;
    ~path_scope() { innermost_ = link_.parent; }

    void member(std::string_view name) { link_.name = name; }
    void element(std::size_t index) {
        link_.index = index;
        link_.is_element = true;
    }

private:
    const path_link*& innermost_;
    path_link link_;
};

}  // namespace leftfold::inline v0::detail
