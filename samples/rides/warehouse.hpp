#pragma once

#include <filesystem>
#include <fstream>
#include <ostream>
#include <stdexcept>
#include <utility>

#include "leftfold/projections/reactor.hpp"
#include "rides/ride.hpp"

namespace rides {

// The fourth consumer writes where no transaction of ours reaches, so it is a reactor: a line for each ride, in a file
// that somebody else loads. A line may come twice, after a kill; its first column is then the same, and the other side
// keeps one line of each.

class warehouse : public leftfold::reactor<warehouse, completed> {
public:
    static constexpr auto reactor_name = "warehouse";
    explicit warehouse(std::filesystem::path to) : to_(std::move(to)) {}

    void on(const completed& e, const leftfold::effect& at) {
        std::ofstream out(to_, std::ios::app);
        out << at.key() << ',' << at.at().key() << ',' << e.driver << ',' << e.fare << ',' << e.minutes << std::endl;
        if (!out) throw std::runtime_error("cannot write " + to_.string());
    }

private:
    std::filesystem::path to_;
};

}  // namespace rides
