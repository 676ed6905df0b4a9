#pragma once
// Markers of lists over a trail: how far the pages before have come, and of what. Numbers are for ever, so what is
// added meanwhile moves nothing.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kms {

// `list` tells the markers of one kind of list from those of others.
std::string trail_marker(std::string_view list, std::string_view log, std::uint64_t position);
// Nothing for what is no marker of that list and log.
std::optional<std::uint64_t> trail_position(std::string_view list, std::string_view log, std::string_view marker);

}  // namespace kms
