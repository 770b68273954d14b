// SPDX-License-Identifier: Apache-2.0
#include "core/base/name_pattern.h"

#include "core/base/error.h"

#include <limits>
#include <utility>

namespace levi {
namespace {

constexpr std::size_t kMostSigns = 1000; // of a pattern
constexpr std::size_t kMostSteps = 5000;
constexpr int kMostVisits = 100'000; // of parts while steps are made: a group that reads nothing makes none
constexpr int kMostNested = 50;
constexpr int kMostRepeats = 1000;
constexpr int kUnbounded = std::numeric_limits<int>::max();

using Signs = NamePattern::Signs;
using Step = NamePattern::Step;

struct Node {
    enum class Kind { Sign, Sequence, Either, Repeat } kind = Kind::Sequence;
    Signs signs;
    std::vector<Node> parts;
    int least = 0, most = 0; // of Repeat
};

Signs range(int first, int last) {
    Signs signs;
    for (int c = first; c <= last; ++c)
        signs.set(static_cast<std::size_t>(c));
    return signs;
}

Signs one(char c) {
    return range(static_cast<unsigned char>(c), static_cast<unsigned char>(c));
}

// Reads a pattern from left to right.
class Parser {
public:
    explicit Parser(std::string_view pattern) : m_rest(pattern), m_whole(pattern) {
        if (pattern.size() > kMostSigns)
            throw Error("the pattern has {} signs, at most {} are expected", pattern.size(), kMostSigns);
    }

    Node whole() {
        take('^');
        Node node = either(0);
        if (!m_rest.empty()) fail("an unexpected ')'");
        return node;
    }

private:
    [[noreturn]] void fail(std::string_view what) const {
        throw Error("'{}' is no pattern that is known here: {}", m_whole, what);
    }

    bool take(char c) {
        if (m_rest.empty() || m_rest.front() != c) return false;
        m_rest.remove_prefix(1);
        return true;
    }

    char next() {
        if (m_rest.empty()) fail("it ends too early");
        const char c = m_rest.front();
        m_rest.remove_prefix(1);
        return c;
    }

    Node either(int depth) {
        if (depth > kMostNested) fail("groups are nested too deep");
        Node node{.kind = Node::Kind::Either};
        do
            node.parts.push_back(sequence(depth));
        while (take('|'));
        return node;
    }

    Node sequence(int depth) {
        Node node{.kind = Node::Kind::Sequence};
        while (!m_rest.empty() && m_rest.front() != '|' && m_rest.front() != ')') {
            if (m_rest == "$") {
                take('$');
                break;
            }
            node.parts.push_back(repeated(atom(depth)));
        }
        return node;
    }

    Node atom(int depth) {
        const char c = next();
        if (c == '(') return group(depth);
        if (c == '[') return Node{.kind = Node::Kind::Sign, .signs = bracket()};
        if (c == '.') return Node{.kind = Node::Kind::Sign, .signs = ~one('\n')};
        if (c == '\\') return Node{.kind = Node::Kind::Sign, .signs = escaped()};
        if (std::string_view("*+?{^$").find(c) != std::string_view::npos) fail(fmt::format("'{}' at this place", c));
        return Node{.kind = Node::Kind::Sign, .signs = one(c)};
    }

    Node group(int depth) {
        if (take('?') && !take(':')) fail("groups that begin with '(?' other than '(?:'");
        Node node = either(depth + 1);
        if (!take(')')) fail("a group is not closed");
        return node;
    }

    Signs escaped() {
        const char c = next();
        const Signs word = range('a', 'z') | range('A', 'Z') | range('0', '9') | one('_');
        const Signs space = one(' ') | range('\t', '\r');
        switch (c) {
        case 'd':
            return range('0', '9');
        case 'D':
            return ~range('0', '9');
        case 'w':
            return word;
        case 'W':
            return ~word;
        case 's':
            return space;
        case 'S':
            return ~space;
        default:
            if (word.test(static_cast<unsigned char>(c))) fail(fmt::format("'\\{}'", c));
            return one(c);
        }
    }

    Signs bracket() {
        const bool negated = take('^');
        Signs signs;
        for (bool first = true; first || m_rest.empty() || m_rest.front() != ']'; first = false) {
            const char c = next();
            const Signs begin = c == '\\' ? escaped() : one(c);
            const bool isRange = m_rest.size() > 1 && m_rest[0] == '-' && m_rest[1] != ']';
            if (!isRange || begin.count() != 1) {
                signs |= begin;
                continue;
            }
            take('-');
            const auto last = static_cast<unsigned char>(next());
            if (last == '\\' || last < static_cast<unsigned char>(c)) fail("such a range in brackets");
            signs |= range(static_cast<unsigned char>(c), last);
        }
        take(']');
        return negated ? ~signs : signs;
    }

    int number() {
        int value = -1;
        while (!m_rest.empty() && m_rest.front() >= '0' && m_rest.front() <= '9') {
            value = (value < 0 ? 0 : value * 10) + (next() - '0');
            if (value > kMostRepeats) fail("more than 1000 repetitions");
        }
        return value;
    }

    Node repeated(Node part) {
        int least = 0, most = kUnbounded;
        if (take('+')) {
            least = 1;
        } else if (take('?')) {
            most = 1;
        } else if (take('{')) {
            least = most = number();
            if (take(',')) most = number();
            if (least < 0 || !take('}')) fail("such a number of repetitions");
            if (most < 0) most = kUnbounded;
            if (most < least) fail("such a number of repetitions");
        } else if (!take('*')) {
            return part;
        }
        take('?'); // lazy: the same where the whole name has to match
        Node node{.kind = Node::Kind::Repeat, .least = least, .most = most};
        node.parts.push_back(std::move(part));
        return node;
    }

    std::string_view m_rest, m_whole;
};

// Turns the tree into steps, each one's follower behind it.
class Compiler {
public:
    std::vector<Step> steps(const Node& node) {
        add(node);
        push({});
        return std::move(m_steps);
    }

private:
    std::size_t push(Step step) {
        if (m_steps.size() >= kMostSteps) throw Error("the pattern makes more than {} steps", kMostSteps);
        m_steps.push_back(step);
        return m_steps.size() - 1;
    }

    std::size_t here() const { return m_steps.size(); }
    std::size_t fork() { return push({.kind = Step::Kind::Fork, .next = here() + 1, .other = here() + 1}); }

    void add(const Node& node) {
        if (++m_visits > kMostVisits) throw Error("the pattern repeats too much");
        if (node.kind == Node::Kind::Sign)
            push({.kind = Step::Kind::Sign, .signs = node.signs, .next = here() + 1});
        else if (node.kind == Node::Kind::Either)
            addEither(node.parts);
        else if (node.kind == Node::Kind::Repeat)
            addRepeat(node);
        else
            for (const Node& part : node.parts)
                add(part);
    }

    void addEither(const std::vector<Node>& parts) {
        std::vector<std::size_t> ends;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const bool isLast = i + 1 == parts.size();
            const std::size_t choice = isLast ? 0 : fork();
            add(parts[i]);
            if (isLast) break;
            ends.push_back(fork());
            m_steps[choice].other = here();
        }
        for (const std::size_t end : ends)
            m_steps[end].next = m_steps[end].other = here();
    }

    void addRepeat(const Node& node) {
        for (int i = 0; i < node.least; ++i)
            add(node.parts[0]);
        if (node.most == kUnbounded) {
            const std::size_t loop = fork();
            add(node.parts[0]);
            const std::size_t back = fork();
            m_steps[back].next = m_steps[back].other = loop;
            m_steps[loop].other = here();
            return;
        }
        std::vector<std::size_t> exits;
        for (int i = node.least; i < node.most; ++i) {
            exits.push_back(fork());
            add(node.parts[0]);
        }
        for (const std::size_t exit : exits)
            m_steps[exit].other = here();
    }

    std::vector<Step> m_steps;
    int m_visits = 0;
};

} // namespace

NamePattern::NamePattern(std::string_view pattern) : m_steps(Compiler().steps(Parser(pattern).whole())) {}

void NamePattern::follow(std::size_t step, std::vector<bool>& live) const {
    std::vector<std::size_t> open = {step};
    while (!open.empty()) {
        const std::size_t at = open.back();
        open.pop_back();
        if (live[at]) continue;
        live[at] = true;
        if (m_steps[at].kind != Step::Kind::Fork) continue;
        open.push_back(m_steps[at].next);
        open.push_back(m_steps[at].other);
    }
}

bool NamePattern::matches(std::string_view name) const {
    std::vector<bool> live(m_steps.size(), false);
    follow(0, live);
    for (const char c : name) {
        std::vector<bool> reached(m_steps.size(), false);
        for (std::size_t i = 0; i < m_steps.size(); ++i)
            if (live[i] && m_steps[i].kind == Step::Kind::Sign && m_steps[i].signs.test(static_cast<unsigned char>(c)))
                follow(m_steps[i].next, reached);
        live = std::move(reached);
    }
    return live.back();
}

} // namespace levi
