// SPDX-License-Identifier: Apache-2.0
#include "core/base/numbers.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace levi {
namespace {

constexpr std::size_t kMostSeeds = 10'000;

// Three significant digits with one of the suffixes, each `step` times the one before.
std::string scaled(double value, double step, std::initializer_list<const char*> suffixes) {
    auto suffix = suffixes.begin();
    while (std::abs(value) >= step && suffix + 1 != suffixes.end()) {
        value /= step;
        ++suffix;
    }
    const double size = std::abs(value);
    const int decimals = value == std::round(value) && suffix == suffixes.begin() ? 0
                         : size < 10                                              ? 2
                         : size < 100                                             ? 1
                                                                                  : 0;
    const std::string number = fmt::format("{:.{}f}", value, decimals);
    return **suffix ? number + " " + *suffix : number;
}

std::uint64_t parseSeed(std::string_view text, std::string_view whole) {
    std::uint64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || end != text.data() + text.size())
        throw Error("seeds '{}': '{}' is not a seed; write 3, or 0,2, or 0..5", whole, text);
    return value;
}

} // namespace

std::string countText(double value) {
    return scaled(value, 1000, {"", "K", "M", "G", "T"});
}

std::string flopText(double flops) {
    return scaled(flops, 1000, {"FLOP", "KFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP"});
}

std::string bytesText(std::uint64_t sizeBytes) {
    return scaled(static_cast<double>(sizeBytes), 1024, {"B", "KiB", "MiB", "GiB", "TiB"});
}

std::string durationText(double seconds) {
    if (!std::isfinite(seconds) || seconds < 0) return "–";
    const auto whole = static_cast<long long>(seconds + 0.5);
    if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
    return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string fullPrecision(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    std::array<char, 32> buffer{};
    const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return {buffer.data(), result.ptr};
}

std::vector<std::uint64_t> parseSeeds(std::string_view text) {
    std::vector<std::uint64_t> seeds;
    const auto append = [&](std::uint64_t seed) {
        if (seeds.size() >= kMostSeeds) throw Error("seeds '{}': more than {} seeds", text, kMostSeeds);
        if (std::find(seeds.begin(), seeds.end(), seed) == seeds.end()) seeds.push_back(seed);
    };
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t comma = std::min(text.find(',', begin), text.size());
        const std::string_view part = text.substr(begin, comma - begin);
        const std::size_t dots = part.find("..");
        const std::uint64_t first = parseSeed(part.substr(0, dots), text);
        const std::uint64_t last = dots == std::string_view::npos ? first : parseSeed(part.substr(dots + 2), text);
        if (last < first) throw Error("seeds '{}': the range {} descends", text, part);
        if (last - first >= kMostSeeds) throw Error("seeds '{}': more than {} seeds", text, kMostSeeds);
        for (std::uint64_t seed = first;; ++seed) {
            append(seed);
            if (seed == last) break;
        }
        begin = comma + 1;
    }
    return seeds;
}

std::string seedsText(const std::vector<std::uint64_t>& seeds) {
    std::string text;
    for (std::size_t i = 0; i < seeds.size();) {
        std::size_t last = i;
        while (last + 1 < seeds.size() && seeds[last] != UINT64_MAX && seeds[last + 1] == seeds[last] + 1)
            ++last;
        if (!text.empty()) text += ',';
        text += last > i + 1 ? fmt::format("{}..{}", seeds[i], seeds[last]) : std::to_string(seeds[i]);
        i = last > i + 1 ? last + 1 : i + 1;
    }
    return text;
}

} // namespace levi
