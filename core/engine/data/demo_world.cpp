// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/demo_world.h"

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/numbers.h"
#include "core/base/random.h"
#include "core/engine/data/loaded_rows.h"
#include "core/engine/data/shapes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace levi {
namespace {

using Colour3 = std::array<double, 3>;

// Hue in turns, saturation and lightness in [0, 1] (the usual HSL cone).
Colour3 colourOf(double hue, double saturation, double lightness) {
    Colour3 colour{};
    const double chroma = saturation * std::min(lightness, 1.0 - lightness);
    for (std::size_t c = 0; c < 3; ++c) {
        const double k = std::fmod(std::array{0.0, 8.0, 4.0}[c] + 12.0 * hue, 12.0);
        colour[c] = lightness - chroma * std::max(-1.0, std::min({k - 3.0, 9.0 - k, 1.0}));
    }
    return colour;
}

// The class that a tied property speaks for.
std::int64_t drawTied(Tie tie, double strength, std::int64_t label, std::int64_t classes, Random& random) {
    const bool agrees = random.uniform() < strength;
    const auto other = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(classes)));
    if (tie == Tie::Random || !agrees) return other;
    return tie == Tie::ToClass ? label : (label + classes / 2) % classes;
}

// One shape in the picture: where, how large, how turned.
struct Placement {
    Point centre;
    double radius = 1; // pixels
    double angle = 0;
};

Placement drawPlacement(const WorldOptions& world, Random& random) {
    const auto side = static_cast<double>(world.side);
    Placement placement;
    placement.radius = side * random.uniform(world.smallestRadius, world.largestRadius);
    const double margin = std::min(placement.radius, side / 2);
    placement.centre = {random.uniform(margin, side - margin), random.uniform(margin, side - margin)};
    const double turn = random.uniform(0, 2.0 * std::numbers::pi);
    placement.angle = world.rotates ? turn : 0;
    return placement;
}

struct Look {
    std::int64_t label = 0;
    std::int64_t style = 0;
    Placement shape, blob;
    bool cluttered = false;
    Colour3 ground{}, paint{}, blobPaint{};
    Point slope; // of the ground's lightness, per side
};

Look drawLook(const WorldOptions& world, const DemoPicture& chosen, Random& random) {
    Look look{.label = chosen.label, .style = chosen.style};
    look.shape = drawPlacement(world, random);
    look.blob = drawPlacement(world, random);
    look.blob.radius *= 0.6;
    look.cluttered = random.uniform() < world.clutter;
    const double hue =
        (static_cast<double>(chosen.cue) + random.uniform(-0.15, 0.15)) / static_cast<double>(world.classes);
    const double lightness = random.uniform(0.25, 0.75);
    look.ground = colourOf(hue + 1.0, world.tintSaturation, lightness);
    const double away = random.uniform(world.contrast, world.contrast + 0.2);
    const double paintLightness = lightness > 0.5 ? lightness - away : lightness + away;
    look.paint = colourOf(random.uniform(), world.shapeSaturation, std::clamp(paintLightness, 0.02, 0.98));
    look.blobPaint = colourOf(random.uniform(), world.shapeSaturation, lightness);
    look.slope = {random.uniform(-0.15, 0.15), random.uniform(-0.15, 0.15)};
    return look;
}

Point inShape(const Placement& placement, Point pixel) { // in radii, turned back
    const Point p{(pixel.x - placement.centre.x) / placement.radius, (pixel.y - placement.centre.y) / placement.radius};
    const double c = std::cos(placement.angle);
    const double s = std::sin(placement.angle);
    return {c * p.x + s * p.y, c * p.y - s * p.x};
}

// How much of the pixel the shape covers, from its distance to the edge.
double coverage(std::int64_t shape, const Placement& placement, Point inRadii) {
    return std::clamp(0.5 - shapeDistance(shape, inRadii) * placement.radius, 0.0, 1.0);
}

Colour3 colourAt(const Look& look, const WorldOptions& world, Point pixel) {
    const auto side = static_cast<double>(world.side);
    const double shade = look.slope.x * (pixel.x / side - 0.5) + look.slope.y * (pixel.y / side - 0.5);
    const Point p = inShape(look.shape, pixel);
    const double covered = coverage(look.label, look.shape, p);
    const double pattern = 0.5 * world.patternDepth * patternValue(look.style, p);
    const double blobbed = look.cluttered ? coverage(0, look.blob, inShape(look.blob, pixel)) : 0.0;
    Colour3 colour{};
    for (std::size_t c = 0; c < 3; ++c) {
        const double ground = look.ground[c] + shade;
        const double behind = ground + blobbed * (look.blobPaint[c] - ground);
        const double paint = look.paint[c] + pattern * (pattern < 0 ? look.paint[c] : 1.0 - look.paint[c]);
        colour[c] = behind + covered * (paint - behind);
    }
    return colour;
}

Picture draw(const Look& look, const WorldOptions& world, Random& random) {
    Picture picture(world.side, world.side);
    for (std::int64_t y = 0; y < world.side; ++y)
        for (std::int64_t x = 0; x < world.side; ++x) {
            const Colour3 colour = colourAt(look, world, {static_cast<double>(x) + 0.5, static_cast<double>(y) + 0.5});
            for (std::size_t c = 0; c < 3; ++c) {
                const double value = colour[c] + world.noise * random.normal();
                picture.pixel(y, x)[c] = static_cast<std::uint8_t>(std::clamp(value * 255.0 + 0.5, 0.0, 255.0));
            }
        }
    return picture;
}

void checkWorld(const WorldOptions& world) {
    if (world.classes < 2 || world.classes > kShapeCount)
        throw Error("Demo world: found {} classes, expected 2 to {}", world.classes, kShapeCount);
    if (world.side < 8 || world.side > 512)
        throw Error("Demo world: found a side of {} pixels, expected 8 to 512", world.side);
    if (world.kinds < 0 || world.kinds > world.classes)
        throw Error("Demo world: found {} kinds, expected 1 to {}, or 0 for the classes themselves", world.kinds,
                    world.classes);
}

std::string textOf(const WorldOptions& w) {
    std::string text = fmt::format("{} {} {} {}", w.seed, w.side, w.classes, w.rotates);
    for (const double knob : {w.cueStrength, w.styleStrength, w.noise, w.smallestRadius, w.largestRadius,
                              w.tintSaturation, w.patternDepth, w.contrast, w.shapeSaturation, w.clutter})
        text += fmt::format(" {}", fullPrecision(knob));
    return text;
}

struct PlacedSet {
    WorldSet set;
    std::int64_t count = 0;
    std::int64_t firstRow = 0;
};

// The sets' pictures, one set after the other; drawn when asked for.
class WorldSource : public SampleSource {
public:
    WorldSource(const WorldOptions& world, std::vector<PlacedSet> sets)
        : m_world(world), m_sets(std::move(sets)), m_text(textOf(world)) {}

    Picture picture(std::int64_t row) const override {
        const PlacedSet& placed = setOf(row);
        return demoPicture(m_world, placed.set, row - placed.firstRow).picture;
    }
    std::string content(std::int64_t row) const override { // names the picture without drawing it
        const PlacedSet& placed = setOf(row);
        const std::string which = fmt::format("{} {} {} {}", placed.set.name, static_cast<int>(placed.set.cue),
                                              static_cast<int>(placed.set.style), row - placed.firstRow);
        return Fingerprinter().add("demo world 1").add(m_text).add(which).hex();
    }

private:
    const PlacedSet& setOf(std::int64_t row) const {
        return *std::prev(std::ranges::upper_bound(m_sets, row, {}, &PlacedSet::firstRow));
    }

    WorldOptions m_world;
    std::vector<PlacedSet> m_sets;
    std::string m_text;
};

// One domain per distinct domain name; returns the rows of each set.
std::vector<std::vector<std::int64_t>> addSets(RowTable& table, const WorldOptions& world, std::vector<PlacedSet>& sets,
                                               const std::vector<std::int64_t>& domainOfSet) {
    const auto& names = demoClasses();
    table.classes.assign(names.begin(), names.begin() + world.classes);
    std::vector<std::vector<std::int64_t>> rowsOfSets;
    for (std::size_t s = 0; s < sets.size(); ++s) {
        sets[s].firstRow = static_cast<std::int64_t>(table.rows.size());
        auto& rows = rowsOfSets.emplace_back();
        for (std::int64_t i = 0; i < sets[s].count; ++i) {
            rows.push_back(static_cast<std::int64_t>(table.rows.size()));
            table.rows.push_back({.id = fmt::format("{}/{:06}", sets[s].set.name, i),
                                  .domain = domainOfSet[s],
                                  .label = i % world.classes});
        }
    }
    table.source = std::make_shared<WorldSource>(world, sets);
    return rowsOfSets;
}

// Labels that are coarser than the classes: what the last layer need not tell apart.
void nameKinds(RowTable& table, std::int64_t kinds) {
    std::vector<std::string> names(static_cast<std::size_t>(kinds));
    for (std::size_t c = 0; c < table.classes.size(); ++c) {
        std::string& name = names[c % names.size()];
        name += (name.empty() ? "" : " or ") + table.classes[c];
    }
    table.classes = std::move(names);
    for (auto& row : table.rows)
        row.label %= kinds;
}

LoadedRows demoRows(const WorldOptions& world, const WorldSizes& sizes) {
    checkWorld(world);
    std::vector<PlacedSet> sets = {{.set = {.name = "train", .cue = Tie::ToClass}, .count = sizes.train},
                                   {.set = {.name = "id_val", .cue = Tie::ToClass}, .count = sizes.eval},
                                   {.set = {.name = "id_test", .cue = Tie::ToClass}, .count = sizes.eval},
                                   {.set = {.name = "cue_random", .cue = Tie::Random}, .count = sizes.eval},
                                   {.set = {.name = "cue_reversed", .cue = Tie::Reversed}, .count = sizes.eval}};
    auto table = std::make_shared<RowTable>();
    table->domains = {"cue_tied", "cue_random", "cue_reversed"};
    auto rows = addSets(*table, world, sets, {0, 0, 0, 1, 2});
    LoadedRows loaded;
    loaded.roles = {.train = rows[0],
                    .idVal = rows[1],
                    .idTest = rows[2],
                    .oodVal = {},
                    .oodTest = {{"cue_random", rows[3]}, {"cue_reversed", rows[4]}}};
    loaded.table = std::move(table);
    return loaded;
}

} // namespace

const std::vector<std::string>& demoClasses() {
    static const std::vector<std::string> names = {"disc",  "square", "triangle", "star",
                                                   "cross", "ring",   "moon",     "half disc"};
    return names;
}

DemoPicture demoPicture(const WorldOptions& world, const WorldSet& set, std::int64_t index) {
    Random random(streamSeed(world.seed, "demo world/" + set.name, static_cast<std::uint64_t>(index)));
    DemoPicture demo{.picture = {}, .label = index % world.classes};
    demo.cue = drawTied(set.cue, world.cueStrength, demo.label, world.classes, random);
    demo.style = drawTied(set.style, world.styleStrength, demo.label, world.classes, random);
    demo.picture = draw(drawLook(world, demo, random), world, random);
    return demo;
}

Dataset demoWorld(const WorldOptions& world, const WorldSizes& sizes) {
    LoadedRows loaded = demoRows(world, sizes);
    return makeDataset(loaded.table, std::move(loaded.roles));
}

Dataset pretrainingWorld(const WorldOptions& world, const WorldSizes& sizes) {
    checkWorld(world);
    std::vector<PlacedSet> sets = {{.set = {.name = "pretrain", .style = Tie::ToClass}, .count = sizes.train},
                                   {.set = {.name = "pretrain_val", .style = Tie::ToClass}, .count = sizes.eval}};
    auto table = std::make_shared<RowTable>();
    table->domains = {"style_tied"};
    auto rows = addSets(*table, world, sets, {0, 0});
    if (world.kinds > 0) nameKinds(*table, world.kinds);
    return makeDataset(table, {.train = rows[0], .idVal = rows[1], .idTest = {}, .oodVal = {}, .oodTest = {}});
}

LoadedRows readDemoWorld(const DemoWorldOptions& data) {
    WorldOptions world;
    world.seed = data.worldSeed;
    world.cueStrength = data.cueStrength;
    world.noise = data.pictureNoise;
    return demoRows(world, {.train = data.trainRows, .eval = data.evalRows});
}

} // namespace levi
