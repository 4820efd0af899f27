// What of Situations somebody may see: the public ones everybody, the others and the internals of all by his roles.
#pragma once

#include <vector>

#include "city/city.h"
#include "situations/model.h"
#include "situations/situation_json.h"
#include "web/http/http.h"

namespace madang::situations {

class Reader {
 public:
  /// The public.
  Reader() = default;
  explicit Reader(web::Principal const& who);
  static Reader everywhere();

  [[nodiscard]] bool sees_all() const { return all_; }
  /// Nobody's but what is public.
  [[nodiscard]] bool is_public() const { return !all_ && areas_.empty(); }
  [[nodiscard]] Audience of(Situation const& s, city::City const& city) const;
  [[nodiscard]] bool sees(Situation const& s, city::City const& city) const;

  friend bool operator==(Reader const&, Reader const&) = default;

 private:
  bool all_ = false;
  std::vector<AreaId> areas_;  ///< in which, and in all below, he sees everything; ascending
};

}  // namespace madang::situations
