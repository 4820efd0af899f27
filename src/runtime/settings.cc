#include "runtime/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "core/text.h"
#include "runtime/toml.h"

namespace madang::runtime {
namespace {

template <typename... F>
struct Overloaded : F... {
  using F::operator()...;
};

std::string bounds_of(SettingInfo const& info) {
  if (info.min == 0 && info.max == 0) return {};
  return fmt::format("{} to {}", info.min, info.max);
}

bool in_bounds(SettingInfo const& info, double value) {
  return (info.min == 0 && info.max == 0) || (value >= info.min && value <= info.max);
}

}  // namespace

/// Walks a TOML tree and puts each leaf into the field of its dotted key.
struct SettingsReader {
  std::vector<Settings::Setting>& settings;
  std::string_view name;

  Result<void> table(toml::table const& tree, std::string const& prefix) {
    for (auto const& [key, node] : tree) {
      std::string const dotted = prefix + std::string{key.str()};
      if (auto const* below = node.as_table())
        MADANG_CHECK(table(*below, dotted + "."));
      else
        MADANG_CHECK(leaf(dotted, key.source(), node));
    }
    return {};
  }

  Result<void> leaf(std::string const& key, toml::source_region const& where, toml::node const& node) {
    auto const found = std::ranges::find(settings, key, [](auto const& s) { return std::string_view{s.info.key}; });
    if (found == settings.end()) return unknown(key, where);
    auto const& info = found->info;
    auto number = [&](auto* field, auto value, std::string_view kind) -> Result<void> {
      if (!value) return wrong_in_toml(name, where, fmt::format("\"{}\" wants {}", key, kind));
      if (!in_bounds(info, static_cast<double>(*value)))
        return wrong_in_toml(name, where, fmt::format("\"{}\": {} is not within {}", key, *value, bounds_of(info)));
      *field = *value;
      return {};
    };
    return std::visit(
        Overloaded{[&](std::int64_t* f) { return number(f, node.value_exact<std::int64_t>(), "a whole number"); },
                   [&](double* f) { return number(f, node.value<double>(), "a number"); },
                   [&](bool* f) -> Result<void> {
                     auto const value = node.value_exact<bool>();
                     if (!value) return wrong_in_toml(name, where, fmt::format("\"{}\" wants true or false", key));
                     *f = *value;
                     return {};
                   },
                   [&](std::string* f) -> Result<void> {
                     auto const value = node.value_exact<std::string>();
                     if (!value) return wrong_in_toml(name, where, fmt::format("\"{}\" wants a text in quotes", key));
                     if (auto const good = info.check == nullptr ? Result<void>{} : info.check(*value); !good)
                       return wrong_in_toml(name, where, fmt::format("\"{}\": {}", key, good.error().sentence));
                     *f = *value;
                     return {};
                   }},
        found->field);
  }

  [[nodiscard]] Result<void> unknown(std::string const& key, toml::source_region const& where) const {
    std::vector<std::string_view> keys;
    keys.reserve(settings.size());
    for (auto const& setting : settings) keys.emplace_back(setting.info.key);
    auto const near = nearest_word(key, keys);
    return wrong_in_toml(name, where, fmt::format("there is no key \"{}\"{}", key,
                                           near ? fmt::format("; did you mean \"{}\"?", *near) : std::string{}));
  }
};

Result<void> Settings::read(std::string_view text, std::string_view name) {
  MADANG_TRY(auto const root, parse_toml(text, name));
  return SettingsReader{settings_, name}.table(root, "");
}

Result<void> Settings::read_file(std::string const& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(Code::kNotFound, fmt::format("{}: the configuration file cannot be read", path));
  std::string const text{std::istreambuf_iterator<char>(in), {}};
  return read(text, path);
}

std::string Settings::explain() const {
  std::string out = "# Every key with its default; a file needs only the ones you change. Changes count at the next start.\n";
  // Several modules may declare fields of one section, which a file can open only once.
  auto const section_of = [](std::string const& key) { return key.substr(0, key.rfind('.')); };
  std::vector<std::string> sections;
  for (auto const& setting : settings_)
    if (auto mine = section_of(setting.info.key); std::ranges::find(sections, mine) == sections.end()) sections.push_back(std::move(mine));
  for (auto const& section : sections) {
    out += fmt::format("\n[{}]\n", section);
    for (auto const& setting : settings_)
      if (section_of(setting.info.key) == section) out += explain(setting);
  }
  return out;
}

void Settings::add(Field field, SettingInfo info) {
  MADANG_ASSERT(std::ranges::find(settings_, info.key, [](auto const& s) { return s.info.key; }) == settings_.end());
  settings_.push_back({std::move(info), field});
}

std::string Settings::explain(Setting const& setting) {
  auto const& [info, field] = setting;
  std::string const bounds = bounds_of(info);
  auto out = fmt::format("# {}{}{}\n", info.sentence, info.unit.empty() ? "" : " Unit: " + info.unit + ".",
                         bounds.empty() ? "" : " Range: " + bounds + ".");
  auto const shown = std::visit(
      Overloaded{[](std::string const* v) { return fmt::format("\"{}\"", *v); },
                 [](auto const* v) { return fmt::format("{}", *v); }},
      field);
  return out + fmt::format("{} = {}\n", info.key.substr(info.key.rfind('.') + 1), shown);
}

}  // namespace madang::runtime
