#include "sqlite/network_file_system.hpp"

#include <fmt/format.h>
#include <sys/vfs.h>

#include <array>
#include <cstdint>

#include "leftfold/storage/error.hpp"

namespace leftfold::inline v0::sqlite {

std::optional<std::string_view> network_file_system(long statfs_type) {
    struct known {
        std::uint32_t type;
        std::string_view name;
    };
    // The numbers stand in linux/magic.h and in statfs(2).
    static constexpr std::array<known, 12> all{{
        {0x6969, "NFS"},
        {0x517B, "SMB"},
        {0xFE534D42, "SMB2"},
        {0xFF534D42, "CIFS"},
        {0x5346414F, "AFS"},
        {0x6B414653, "kAFS"},
        {0x73757245, "Coda"},
        {0x00C36400, "Ceph"},
        {0x01021997, "9P"},
        {0x564C, "NCP"},
        {0x0BD00BD0, "Lustre"},
        {0x47504653, "GPFS"},
    }};
    for (const auto& candidate : all)
        if (candidate.type == static_cast<std::uint32_t>(statfs_type)) return candidate.name;
    return std::nullopt;
}

void refuse_network_file_system(const std::filesystem::path& place) {
    struct statfs found {};
    if (::statfs(place.c_str(), &found) != 0) return;  // whatever is wrong, the next step says it better
    if (const auto name = network_file_system(static_cast<long>(found.f_type)))
        throw error(errc::network_file_system, fmt::format("opening {}: it lies on {}", place.string(), *name));
}

}  // namespace leftfold::inline v0::sqlite
