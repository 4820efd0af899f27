#include "modules/api_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <memory>
#include <utility>

#include "core/json_input.h"
#include "core/json_writer.h"
#include "core/yaml_text.h"
#include "embedded_api.h"

namespace madang::modules {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::array<std::string_view, 5> kMethods{"get", "put", "post", "patch", "delete"};
constexpr std::string_view kSomewhere = " in an Area";

/// Members in the order in which they first came.
using Member = std::pair<std::string, element>;
using Members = std::vector<Member>;

struct Fragment {
  std::string_view name;
  simdjson::dom::parser parser;
  PaddedJson text;
  element root;
};

std::unexpected<Error> wrong(Fragment const& fragment, std::string_view place, std::string_view what) {
  return fail(Code::kInvalid, fmt::format("{}: {}: {}", fragment.name, place, what));
}

/// The members of an object, none where it is not there.
Result<Members> members_at(Fragment const& fragment, element const& from, std::string_view key) {
  Members all;
  element found;
  if (from[key].get(found) != simdjson::SUCCESS) return all;
  object o;
  if (found.get(o) != simdjson::SUCCESS) return wrong(fragment, key, "an object expected");
  for (auto const [name, value] : o) all.emplace_back(std::string{name}, value);
  return all;
}

std::string upper(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c; });
  return out;
}

void write_scheme(JsonWriter& w, std::string_view scheme, std::string_view permission = {}) {
  w.key(scheme).begin_array();
  if (!permission.empty()) w.value(permission);
  w.end_array();
}

/// What somebody has to show. A person who changes something shows the login's token, too.
void write_security(JsonWriter& w, std::string_view access, bool changes) {
  w.key("security").begin_array();
  bool const is_permission = access.contains('.');
  auto const permission = access.ends_with(kSomewhere) ? access.substr(0, access.size() - kSomewhere.size()) : access;
  if (access == "signed in" || is_permission) {
    w.begin_object();
    write_scheme(w, "login", is_permission ? permission : std::string_view{});
    if (changes) write_scheme(w, "csrf");
    w.end_object();
  }
  if (access == "device" || is_permission) {
    w.begin_object();
    write_scheme(w, "key", is_permission ? permission : std::string_view{});
    w.end_object();
  }
  if (access == "local") {
    w.begin_object();
    write_scheme(w, "local");
    w.end_object();
  }
  w.end_array();
}

bool is_access(std::string_view access) {
  constexpr std::array<std::string_view, 4> kWords{"everybody", "device", "signed in", "local"};
  auto const permission = access.ends_with(kSomewhere) ? access.substr(0, access.size() - kSomewhere.size()) : access;
  return std::ranges::find(kWords, access) != kWords.end() || (permission.contains('.') && !permission.contains(' '));
}

/// The operation's own answers, and the refusals that it shares with all of its kind.
void write_answers(JsonWriter& w, Members const& own, bool is_public) {
  std::map<std::string, std::string, std::less<>> answers;
  for (auto const& [status, answer] : own) answers.emplace(status, simdjson::minify(answer));
  auto const share = [&answers](std::string_view status, std::string_view name) {
    answers.emplace(status, fmt::format(R"({{"$ref":"#/components/responses/{}"}})", name));
  };
  share("400", "Invalid");
  share("429", "TooMany");
  share("503", "Unavailable");
  if (!is_public) {
    share("401", "Unauthorized");
    share("403", "Forbidden");
  }
  w.key("responses").begin_object();
  for (auto const& [status, answer] : answers) w.key(status).raw(answer);
  w.end_object();
}

std::vector<std::string> path_parameters_of(element const& operation) {
  std::vector<std::string> names;
  array parameters;
  if (operation["parameters"].get(parameters) != simdjson::SUCCESS) return names;
  for (auto const parameter : parameters) {
    std::string_view in;
    std::string_view name;
    if (parameter["in"].get(in) == simdjson::SUCCESS && in == "path" && parameter["name"].get(name) == simdjson::SUCCESS) names.emplace_back(name);
  }
  return names;
}

class Assembly {
 public:
  Result<void> add(Fragment const& fragment) {
    if (head_.empty()) {
      for (auto const* key : {"openapi", "info", "servers"}) {
        element part;
        if (fragment.root[key].get(part) != simdjson::SUCCESS) return wrong(fragment, key, "missing in the first fragment");
        head_.emplace_back(key, part);
      }
    }
    MADANG_CHECK(add_list(fragment, "tags", tags));
    MADANG_CHECK(add_list(fragment, "x-pages", pages));
    MADANG_TRY(auto const all, members_at(fragment, fragment.root, "paths"));
    for (auto const& [path, item] : all) MADANG_CHECK(add_path(fragment, path, item));
    MADANG_TRY(auto const kinds, members_at(fragment, fragment.root, "components"));
    for (auto const& [kind, components] : kinds) {
      MADANG_TRY(auto const named, members_at(fragment, fragment.root["components"].value(), kind));
      for (auto const& [name, component] : named) {
        auto& known = of_kind(kind);
        if (std::ranges::find(known, name, &Member::first) != known.end())
          return wrong(fragment, fmt::format("components/{}/{}", kind, name), "another fragment has it, too");
        known.emplace_back(name, component);
      }
    }
    return {};
  }

  [[nodiscard]] std::string json() const {
    JsonWriter w;
    w.begin_object();
    for (auto const& [key, part] : head_) w.key(key).raw(simdjson::minify(part));
    write_list(w, "tags", tags);
    w.key("paths").begin_object();
    for (auto const& [path, methods] : paths_) {
      w.key(path).begin_object();
      for (auto const& [method, text] : methods) w.key(method).raw(text);
      w.end_object();
    }
    w.end_object().key("components").begin_object();
    for (auto const& [kind, components] : components_) {
      w.key(kind).begin_object();
      for (auto const& [name, component] : components) w.key(name).raw(simdjson::minify(component));
      w.end_object();
    }
    w.end_object();
    write_list(w, "x-pages", pages);
    w.end_object();
    return w.take();
  }

  std::vector<ApiOperation> operations;
  std::vector<element> tags;
  std::vector<element> pages;

 private:
  static Result<void> add_list(Fragment const& fragment, std::string_view key, std::vector<element>& to) {
    element found;
    array list;
    if (fragment.root[key].get(found) != simdjson::SUCCESS) return {};
    if (found.get(list) != simdjson::SUCCESS) return wrong(fragment, key, "a list expected");
    for (auto const each : list) to.push_back(each);
    return {};
  }
  static void write_list(JsonWriter& w, std::string_view key, std::vector<element> const& all) {
    w.key(key).begin_array();
    for (auto const& each : all) w.raw(simdjson::minify(each));
    w.end_array();
  }

  Result<void> add_path(Fragment const& fragment, std::string const& path, element const& item) {
    auto found = std::ranges::find(paths_, path, &Path::first);
    if (found == paths_.end()) found = paths_.insert(paths_.end(), Path{path, {}});
    object methods;
    if (item.get(methods) != simdjson::SUCCESS) return wrong(fragment, path, "an object expected");
    for (auto const [method, operation] : methods) {
      auto const place = fmt::format("{} {}", upper(method), path);
      if (std::ranges::find(kMethods, method) == kMethods.end()) return wrong(fragment, place, "there is no such method");
      if (std::ranges::find(found->second, method, &Method::first) != found->second.end())
        return wrong(fragment, place, "another fragment has it, too");
      MADANG_TRY(auto text, operation_json(fragment, place, method, operation));
      found->second.emplace_back(std::string{method}, std::move(text));
      std::string_view access;
      MADANG_ASSERT(operation["x-access"].get(access) == simdjson::SUCCESS);
      operations.push_back({upper(method), path, std::string{access}, path_parameters_of(operation)});
    }
    return {};
  }

  static Result<std::string> operation_json(Fragment const& fragment, std::string const& place, std::string_view method, element const& operation) {
    std::string_view access;
    if (operation["x-access"].get(access) != simdjson::SUCCESS || !is_access(access))
      return wrong(fragment, place + ": x-access", "\"everybody\", \"device\", \"signed in\", \"local\", a permission, or a permission with \" in an Area\" expected");
    MADANG_TRY(auto const members, members_at(fragment, operation, "responses"));
    object const all = operation.get_object().value();
    JsonWriter w;
    w.begin_object();
    for (auto const [key, value] : all) {
      if (key == "responses") continue;
      w.key(key).raw(simdjson::minify(value));
      if (key == "x-access") write_security(w, access, method != "get");
    }
    write_answers(w, members, access == "everybody");
    w.end_object();
    return w.take();
  }

  Members& of_kind(std::string const& kind) {
    auto const found = std::ranges::find(components_, kind, &std::pair<std::string, Members>::first);
    return found == components_.end() ? components_.emplace_back(kind, Members{}).second : found->second;
  }

  using Method = std::pair<std::string, std::string>;
  using Path = std::pair<std::string, std::vector<Method>>;
  Members head_;
  std::vector<Path> paths_;
  std::vector<std::pair<std::string, Members>> components_;
};

}  // namespace

std::vector<runtime::EmbeddedFile> api_of(std::string_view folder) {
  std::vector<runtime::EmbeddedFile> found;
  std::ranges::copy_if(embedded_api(), std::back_inserter(found), [folder](auto const& file) {
    return file.name.starts_with(folder) && file.name.substr(folder.size()).starts_with('/');
  });
  return found;
}

Result<ApiDocument> ApiDocument::assemble(std::span<runtime::EmbeddedFile const> fragments) {
  std::vector<std::unique_ptr<Fragment>> read;  // what is put together points into them
  Assembly assembly;
  for (auto const& file : fragments) {
    auto& fragment = *read.emplace_back(std::make_unique<Fragment>());
    fragment.name = file.name;
    auto const text = fragment.text.assign(file.bytes);
    if (auto const error = fragment.parser.parse(text.data(), text.length(), false).get(fragment.root)) return fail(json_fault(file.name, text).value_or(json_error(file.name, error, 0)));
    MADANG_CHECK(assembly.add(fragment));
  }
  ApiDocument document;
  document.json_ = assembly.json();
  MADANG_TRY(document.yaml_, yaml_of_json("the API document", document.json_));
  document.operations_ = std::move(assembly.operations);
  for (auto const& page : assembly.pages) {
    std::string_view path;
    if (page.get(path) != simdjson::SUCCESS) return fail(Code::kInvalid, "x-pages: paths expected");
    document.pages_.emplace_back(path);
  }
  return document;
}

}  // namespace madang::modules
