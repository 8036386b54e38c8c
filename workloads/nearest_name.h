#pragma once
// "did you mean": the candidate that was most likely meant by a mistyped name. scripts/nonzero_scripts/errors.py has
// the same rule.

#include <string>
#include <vector>

namespace nonzero {

// The nearest candidate, the first one of equally near ones; empty where none is near. Capitals and the separators
// "_ - . / space" do not count. Near is a name with at most one typing error (insertion, deletion, substitution, swap
// of two neighbours) in four letters, the longer of both counted; then a name that begins or ends the candidate, or
// begins with it, by a whole word or three letters.
std::string nearest_name(const std::string& name, const std::vector<std::string>& candidates);

// What a message says behind an unknown name: ", did you mean 'x'? WAY_OUT", or ". WAY_OUT" where no candidate is near.
std::string did_you_mean(const std::string& name, const std::vector<std::string>& candidates,
                         const std::string& way_out);
// The same with "Known: " and the candidates as the way out.
std::string did_you_mean(const std::string& name, const std::vector<std::string>& candidates);

}  // namespace nonzero
