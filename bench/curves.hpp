#pragma once
// How costs grow: the curves of docs/performance.md, point by point.

#include <functional>
#include <string>

#include "workshop.hpp"

namespace bench {

/// One point of a curve. What x and y are, the curve's name says.
struct point {
    std::string curve;   ///< `append_by_events`
    std::string series;  ///< one of the lines of that curve: `with snapshots`
    double x = 0;
    double y = 0;
};

using point_taker = std::function<void(const point&)>;

/// Measures all curves, the ten-million ones as far as the settings go, and hands each point over when it is there.
void measure_curves(workshop& in, const point_taker& take);

/// The point as a JSON object.
std::string to_json(const point& one);

}  // namespace bench
