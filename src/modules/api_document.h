// What programs may ask of the server, as one OpenAPI 3.1 document: put together from what modules bring, so that nobody has to
// keep a list beside the routes. docs/api_document.md says how a fragment is written.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "runtime/embedded.h"

namespace madang::modules {

/// The embedded fragments of one folder of src/ and of those inside it: src/FOLDER/**/openapi.json.
std::vector<runtime::EmbeddedFile> api_of(std::string_view folder);

/// One method at one path.
struct ApiOperation {
  std::string method;  ///< "GET"
  std::string path;    ///< "/api/v1/parties/{id}"
  std::string access;  ///< as the fragment says it: "everybody", "parties.see", "roles.give in an Area", ...
  std::vector<std::string> path_parameters;
};

class ApiDocument {
 public:
  /// The first fragment brings what belongs to none: version, security schemes, common answers. Each operation says in
  /// "x-access" who may call it; from that follow its `security` and the refusals that all of its kind share.
  /// kInvalid names fragment and place: no JSON, an operation or a component that another fragment has, an unknown access.
  static Result<ApiDocument> assemble(std::span<runtime::EmbeddedFile const> fragments);

  [[nodiscard]] std::string const& json() const { return json_; }
  [[nodiscard]] std::string const& yaml() const { return yaml_; }
  [[nodiscard]] std::vector<ApiOperation> const& operations() const { return operations_; }
  /// Routes for people, which programs need not know: "/", "/health", ...
  [[nodiscard]] std::vector<std::string> const& pages() const { return pages_; }

 private:
  std::string json_;
  std::string yaml_;
  std::vector<ApiOperation> operations_;
  std::vector<std::string> pages_;
};

}  // namespace madang::modules
