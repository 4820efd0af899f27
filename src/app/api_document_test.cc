// The API document says what the opened program does, no more and no less, and the repository holds it as it is.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "app/modules.h"
#include "modules/program.h"
#include "web/http/router.h"

namespace madang::app {
namespace {

std::string text_of(web::Access const& access) {
  using Who = web::Access::Who;
  switch (access.who) {
    case Who::kEverybody: return "everybody";
    case Who::kDevice: return "device";
    case Who::kSignedIn: return "signed in";
    case Who::kLocal: return "local";
    case Who::kHolder: return std::string{access.permission.name()};
    case Who::kHolderSomewhere: return std::string{access.permission.name()} + " in an Area";
  }
  return {};
}

/// "{id}" and "{rest*}" of a pattern, without braces and star.
std::vector<std::string> names_in(std::string_view path) {
  std::vector<std::string> names;
  for (auto open = path.find('{'); open != path.npos; open = path.find('{', open + 1)) {
    auto name = path.substr(open + 1, path.find('}', open) - open - 1);
    if (name.ends_with('*')) name.remove_suffix(1);
    names.emplace_back(name);
  }
  return names;
}

/// An address that the path stands for: each {name} is "1".
std::string example_of(std::string_view path) {
  std::string out;
  for (auto open = path.find('{'); open != path.npos; open = path.find('{')) {
    out.append(path.substr(0, open)).append("1");
    path.remove_prefix(path.find('}') + 1);
  }
  return out.append(path);
}

web::Method method_named(std::string_view name) {
  for (auto const m : {web::Method::kGet, web::Method::kPost, web::Method::kPut, web::Method::kPatch})
    if (web::name_of(m) == name) return m;
  return web::Method::kDelete;
}

struct api_of_all_modules : ::testing::Test {
  void SetUp() override {
    directory = (std::filesystem::temp_directory_path() / "madang-test-XXXXXX").string();
    ASSERT_NE(::mkdtemp(directory.data()), nullptr);
    auto assembled = program.api();
    ASSERT_TRUE(assembled.has_value()) << assembled.error().sentence;
    document = *std::move(assembled);
    auto opened = modules::OpenProgram::open(program, directory, clock, metrics, ready);
    ASSERT_TRUE(opened.has_value()) << opened.error().sentence;
    open = *std::move(opened);
    routes = open->take_routes();
  }
  void TearDown() override {
    routes = {};
    open.reset();
    std::filesystem::remove_all(directory);
  }

  std::string directory;
  runtime::SystemClock clock;
  runtime::Metrics metrics;
  std::atomic<bool> ready = true;
  modules::Program program{all_modules()};
  modules::ApiDocument document;
  std::unique_ptr<modules::OpenProgram> open;
  web::Routes routes;
};

TEST_F(api_of_all_modules, is_what_the_repository_holds) {
  std::ifstream file(std::filesystem::path(MADANG_SOURCE_DIR) / "api/openapi.yaml");
  std::string const kept{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(kept == document.yaml()) << "api/openapi.yaml is another one: write it with  build/release/madang api > api/openapi.yaml";
}

TEST_F(api_of_all_modules, names_the_version_that_is_built) {
  EXPECT_NE(document.json().find("\"version\":\"" MADANG_VERSION "\""), std::string::npos);
}

TEST_F(api_of_all_modules, describes_only_operations_that_are_routes_with_the_same_access) {
  auto const router = web::Router::build(routes);
  ASSERT_TRUE(router.has_value());
  for (auto const& operation : document.operations()) {
    auto const place = operation.method + " " + operation.path;
    auto const match = router->find(method_named(operation.method), example_of(operation.path));
    ASSERT_TRUE(match.has_value()) << place;
    ASSERT_NE(match->route, nullptr) << place << " is no route";
    EXPECT_EQ(text_of(match->route->access), operation.access) << place << " is " << match->route->pattern;
    // A last part may end in several ways: /alerts/{id}.cap, /sta/v1.1/{entitySet}({id}).
    auto const& pattern = match->route->pattern;
    EXPECT_TRUE(pattern.ends_with("*}") || operation.path.starts_with(pattern)) << place << " is " << pattern;
  }
}

TEST_F(api_of_all_modules, leaves_out_no_route_but_pages_for_people) {
  std::set<std::string> described;
  auto const router = web::Router::build(routes);
  for (auto const& operation : document.operations()) {
    auto const match = router->find(method_named(operation.method), example_of(operation.path));
    if (match && match->route != nullptr) described.insert(operation.method + " " + match->route->pattern);
  }
  auto const& pages = document.pages();
  for (auto const& route : routes.all()) {
    bool const is_page = std::ranges::find(pages, route.pattern) != pages.end();
    auto const place = std::string{web::name_of(route.method)} + " " + route.pattern;
    EXPECT_TRUE(is_page || described.contains(place)) << place << " stands in no openapi.json, and is no page in an \"x-pages\"";
  }
}

TEST_F(api_of_all_modules, lists_no_page_that_is_no_route) {
  for (auto const& page : document.pages())
    EXPECT_TRUE(std::ranges::any_of(routes.all(), [&page](auto const& route) { return route.pattern == page; })) << page;
}

TEST_F(api_of_all_modules, describes_each_parameter_of_a_path) {
  for (auto const& operation : document.operations()) EXPECT_EQ(operation.path_parameters, names_in(operation.path)) << operation.method << " " << operation.path;
}

}  // namespace
}  // namespace madang::app
