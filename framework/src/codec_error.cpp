#include "leftfold/framework/codec_error.hpp"

#include <utility>

#include "json_text.hpp"
#include "leftfold/framework/detail/codec_path.hpp"

namespace leftfold::inline v0 {
namespace {

bool is_identifier(std::string_view name) {
    if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
    for (const char c : name) {
        const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        if (!fits) return false;
    }
    return true;
}

std::string quoted(std::string_view name) {
    std::string out = "[\"";
    for (const char* at = name.data(); at != name.data() + name.size();) {
        const std::size_t size = detail::utf8_length(at, name.data() + name.size());
        if (*at == '"' || *at == '\\') out += '\\';
        const bool is_control = size == 1 && static_cast<unsigned char>(*at) < 0x20;
        if (size == 0 || is_control)
            out += '?';
        else
            out.append(at, size);
        at += size == 0 ? 1 : size;
    }
    return out + "\"]";
}

}  // namespace

codec_error::codec_error(std::string event_type, std::string path, std::string reason)
    : error(errc::invalid_event, event_type + path),
      event_type_(std::move(event_type)),
      path_(std::move(path)),
      reason_(std::move(reason)),
      text_((event_type_.empty() ? "" : event_type_ + ": ") + path_ + ": " + reason_) {}

namespace detail {

std::string to_string(const path_link* innermost) {
    if (innermost == nullptr) return "$";
    std::string path = to_string(innermost->parent);
    if (innermost->is_element)
        path += '[' + std::to_string(innermost->index) + ']';
    else if (innermost->name.data() == nullptr)
        ;  // the object itself: no member of it was reached yet
    else if (is_identifier(innermost->name))
        (path += '.') += innermost->name;
    else
        path += quoted(innermost->name);
    return path;
}

}  // namespace detail
}  // namespace leftfold::inline v0
