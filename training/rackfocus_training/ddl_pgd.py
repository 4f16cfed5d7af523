"""`ddl-pgd`: depth from a focal stack without training, as torch modules that export to ONNX.

Focus volumes are paper B's directional dilated Laplacians (Ashfaq and Mahmood, IJCV 2026; see
`ddl`). The estimation from them follows paper A (Mahmood, "Learning Depth from Focus with
Multi-Candidate Estimation and Proximal Refinement", Electronics 2026, section 3): N = 3 candidates
D_i with weights W_i^2, D^0 = sum W_i^2 D_i / sum W_i^2, and K proximal gradient iterations

    D~^k    = D^k - eta (S D^k - b),   S = sum_i W_i^2,  b = sum_i W_i^2 D_i      (gradient step)
    D^(k+1) = P(D~^k, F, lambda, S)                                              (proximal step)

with a hand-designed proximal step instead of a learned one. The weights are not normalised: they
tend to 0 where no plane is sharper than the others, so that the data term vanishes there and the
proximal step fills in from the surroundings.

Everything except the initial volumes and the final upsampling runs at a quarter of the resolution.
Positions are on the normalised focus axis, 0 the farthest plane and 1 the nearest. Modules have no
mutable state and are thread-safe.
"""

from dataclasses import dataclass
from typing import Dict, Tuple

import torch
import torch.nn.functional as functional
from torch import nn

from .confidence import confidence_of
from .ddl import pooled_ddl_volumes, window_mean
from .edge_aware import Links, cross_upsample, median_3x3
from .peak import interpolated_peak

DOWNSCALE = 4
MULTIPLE = 4
ITERATIONS = (0, 1, 3, 5)
# Features of one image: measure, its mean over a wide window, mean luma, 4x4 luma per block.
CHANNELS = 3 + DOWNSCALE * DOWNSCALE
OUTPUTS = ("position", "error", "confidence", "allfocus")
# Mean absolute error of a guess; upper bound of the expected error.
WORST_ERROR = 0.25
# Width, in mean plane distances, of the weights that mix planes into the image in focus.
ALL_FOCUS_PLANES = 1.0
# Protects divisions and logarithms; far below the noise of a focus measure.
TINY = 1e-5


@dataclass(frozen=True)
class Settings:
    """Constants, chosen on rendered scenes (see models/ddl-pgd/card.md).

    Lengths are quarter-resolution pixels, luma lies in [0, 1], positions on the normalised axis.
    """

    # Weights of the volumes of dilations 1, 2, 3 and 4 in the focus measure. All four have the
    # same noise, but the response to texture grows with the dilation.
    dilation_shares: Tuple[float, ...] = (0.25, 1.0, 1.0, 1.0)
    guide_window: int = 3
    # A pixel's vote is measure / sqrt(mean over planes + vote_floor): a compromise between equal
    # votes and edges that dominate their surroundings.
    vote_floor: float = 0.01
    vote_window: int = 3
    # Dilations of the edge-aware passes that enlarge the window for each further candidate.
    candidate_passes: Tuple[Tuple[int, ...], ...] = ((), (1,), (2, 4))
    candidate_pass_weight: float = 1.0
    # Share of the least sharp plane's response that is subtracted before the peak is
    # interpolated: the noise floor common to all planes.
    noise_share: float = 0.9
    # Peakedness (log of maximum over mean) at which a candidate has weight 0.5.
    half_peakedness: Tuple[float, ...] = (0.15, 0.15, 0.15)
    # Luma difference between neighbours at which their link drops to exp(-1/2).
    edge_luma: float = 0.017
    least_link: float = 1e-4
    # eta, and lambda of the proximal step.
    step: float = 1.0
    prior: float = 1.0
    # Distance from D^k at which the weight of a candidate is halved.
    candidate_range: float = 0.1
    prior_passes: Tuple[int, ...] = (1, 2, 4, 8, 16, 32, 1)
    prior_pass_weight: float = 0.2
    # Distance from the surroundings at which the weight of a pixel in the second average is halved.
    outlier_range: float = 0.05
    upsample_luma: float = 0.03
    upsample_reach: float = 0.6
    # Coefficients c_0 to c_3 of the expected error, of D^0 and of D^k after iterations.
    first_error: Tuple[float, ...] = (-1.963, 0.084, 0.545, -1.146)
    refined_error: Tuple[float, ...] = (-1.500, 0.351, 0.393, -1.503)


class FrameStage(nn.Module):
    """The per-image part; runs once per frame in a rolling stack.

    image [N, 1, H, W] in [0, 1], H and W multiples of 4, to features [N, 19, H/4, W/4].
    """

    def __init__(self, settings: Settings = Settings()):
        super().__init__()
        self.settings = settings
        self.register_buffer("shares", torch.tensor(settings.dilation_shares).view(1, -1, 1, 1))
        # Space-to-depth as a convolution that selects single pixels: exact, and faster than the
        # transpositions that torch exports for it.
        block = DOWNSCALE * DOWNSCALE
        self.register_buffer("pick", torch.eye(block).view(block, 1, DOWNSCALE, DOWNSCALE))

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        volumes = pooled_ddl_volumes(image, DOWNSCALE)
        measure = (volumes * self.shares).sum(dim=1, keepdim=True)
        # Defocus preserves the mean luma, so dividing by it removes lamp flicker and exposure
        # steps between planes; the offset protects dark images.
        measure = 0.5 * measure / (image.mean(dim=(1, 2, 3), keepdim=True) + 0.05)
        luma = functional.conv2d(image, self.pick, stride=DOWNSCALE)
        wide = window_mean(measure, self.settings.guide_window)
        return torch.cat([measure, wide, luma.mean(dim=1, keepdim=True), luma], dim=1)


class StackStage(nn.Module):
    """Features of all planes to the four outputs.

    features [Z, 19, h, w] far to near, focus [1, Z] normalised and strictly increasing, Z >= 3;
    outputs by name, each [1, 1, 4h, 4w].
    """

    def __init__(self, settings: Settings = Settings()):
        super().__init__()
        self.settings = settings
        half = torch.tensor(settings.half_peakedness).view(1, -1, 1, 1)
        self.register_buffer("half_peakedness", half)

    def forward(
        self, features: torch.Tensor, focus: torch.Tensor, iterations: int
    ) -> Dict[str, torch.Tensor]:
        settings = self.settings
        planes = focus.reshape(-1)
        links = self._links(features)
        candidates, weights = self._candidates(features[:, 0:1], planes, links)
        total = weights.sum(dim=1, keepdim=True)
        position = (weights * candidates).sum(dim=1, keepdim=True) / total
        for _ in range(iterations):
            position = self._iterate(position, candidates, weights, links)
        luma = self._all_in_focus(features, planes, position)
        coefficients = settings.refined_error if iterations > 0 else settings.first_error
        error = self._error(position, candidates, weights, coefficients)
        fine = cross_upsample(
            torch.cat([position, error], dim=1), luma, DOWNSCALE,
            settings.upsample_luma, settings.upsample_reach,
        )
        position, error = functional.pixel_shuffle(fine, DOWNSCALE).split(1, dim=1)
        return {
            "position": torch.clamp(position, 0, 1),
            "error": error,
            "confidence": confidence_of(error, focus.reshape(1, -1)),
            "allfocus": torch.clamp(functional.pixel_shuffle(luma, DOWNSCALE), 0, 1),
        }

    def _links(self, features: torch.Tensor) -> Links:
        """Links from a preliminary all-in-focus image, at a quarter of the resolution."""
        wide, luma = features[:, 1:2], features[:, 2:3]
        share = wide / (wide.amax(dim=0, keepdim=True) + TINY)
        for _ in range(3):  # the 8th power: close to a maximum, but smooth
            share = share * share
        guide = (share * luma).sum(dim=0, keepdim=True) / (share.sum(dim=0, keepdim=True) + TINY)
        reach = max(self.settings.prior_passes)
        return Links(guide, self.settings.edge_luma, self.settings.least_link, reach)

    def _candidates(
        self, measure: torch.Tensor, planes: torch.Tensor, links: Links
    ) -> Tuple[torch.Tensor, torch.Tensor]:
        """N positions D_i and weights W_i^2 in [0, 1), [1, N, h, w] each; the window widens with i.

        W_i^2 = q_i / (q_i + h_i) with q_i = log(max_z V_i / mean_z V_i): how peaked the volume is
        at the pixel. Deliberately not normalised over i.
        """
        settings = self.settings
        votes = measure / torch.sqrt(measure.mean(dim=0, keepdim=True) + settings.vote_floor)
        volume = window_mean(votes, settings.vote_window)
        count = torch.ones_like(volume[:1])
        volumes = []
        for passes in settings.candidate_passes:
            volume = links.spread(volume, passes, settings.candidate_pass_weight)
            count = links.spread(count, passes, settings.candidate_pass_weight)
            volumes.append(volume / count)
        stacked = torch.cat(volumes, dim=1)
        peakedness = torch.log(
            (stacked.amax(dim=0, keepdim=True) + TINY) / (stacked.mean(dim=0, keepdim=True) + TINY)
        )
        least = stacked.amin(dim=0, keepdim=True)
        candidates = interpolated_peak(stacked - settings.noise_share * least + TINY, planes)
        # A flat stack (a covered lens) has no peak: TINY keeps the sum of the weights above 0,
        # which gives the mean of the candidates.
        weights = peakedness / (peakedness + self.half_peakedness) + TINY
        return candidates, weights

    def _iterate(
        self,
        position: torch.Tensor,
        candidates: torch.Tensor,
        weights: torch.Tensor,
        links: Links,
    ) -> torch.Tensor:
        """One proximal gradient iteration, D^k to D^(k+1), [1, 1, h, w] each."""
        settings = self.settings
        # Candidates far from D^k lose weight (half-quadratic form of a robust data term), so that
        # a wrong maximum stops pulling. The strength of the data term falls only with the square
        # root of the agreement; otherwise D drifts away from all candidates as K grows.
        agreeing = weights / (1 + ((candidates - position) / settings.candidate_range) ** 2)
        agreed = agreeing.mean(dim=1, keepdim=True)
        strength = torch.sqrt(agreed * weights.mean(dim=1, keepdim=True))
        target = (agreeing * candidates).mean(dim=1, keepdim=True) / agreed
        # eta (S D - b) with S = strength (1/N in it keeps eta S below 1) and b = S * target.
        stepped = position - settings.step * strength * (position - target)

        stepped = median_3x3(stepped)
        around = self._average(stepped, strength, links)
        doubt = ((stepped - around) / settings.outlier_range) ** 2
        around = self._average(stepped, strength / (1 + doubt), links)
        # prox of lambda/2 (D - around)^2 in the metric of the data term: D follows its surroundings
        # where S is 0, and stays where S is large.
        return (strength * stepped + settings.prior * around) / (strength + settings.prior)

    def _average(self, x: torch.Tensor, weight: torch.Tensor, links: Links) -> torch.Tensor:
        """Weighted mean over linked pixels at all distances."""
        weight = weight + TINY
        spread = links.spread(
            torch.cat([x * weight, weight], dim=1),
            self.settings.prior_passes, self.settings.prior_pass_weight,
        )
        return spread[:, 0:1] / spread[:, 1:2]

    def _all_in_focus(self, features, planes, position) -> torch.Tensor:
        """Luma of the planes around each position, [1, 16, h, w] (4x4 blocks as channels)."""
        spacing = 1 / (torch.ones_like(planes).sum() - 1)
        distance = (planes.view(-1, 1, 1, 1) - position) / (ALL_FOCUS_PLANES * spacing)
        share = torch.exp(-distance * distance) + TINY
        mixed = (features * share).sum(dim=0, keepdim=True) / share.sum(dim=0, keepdim=True)
        return mixed[:, 3:]

    def _error(self, position, candidates, weights, coefficients) -> torch.Tensor:
        """Expected absolute error on the normalised axis, [1, 1, h, w].

        error = exp(c_0) (spread + 0.01)^c_1 (roughness + 0.01)^c_2 (S + 0.02)^c_3, at most
        WORST_ERROR: spread of the candidates around the position, local variation of the position,
        and peakedness of the volumes.
        """
        offset, spread_power, rough_power, strength_power = coefficients
        total = weights.sum(dim=1, keepdim=True)
        distance = candidates - position
        spread = torch.sqrt((weights * distance * distance).sum(dim=1, keepdim=True) / total)
        highest = functional.max_pool2d(position, 3, stride=1, padding=1)
        lowest = -functional.max_pool2d(-position, 3, stride=1, padding=1)
        strength = weights.mean(dim=1, keepdim=True)
        logarithm = (
            offset
            + spread_power * torch.log(spread + 0.01)
            + rough_power * torch.log(highest - lowest + 0.01)
            + strength_power * torch.log(strength + 0.02)
        )
        return torch.clamp(torch.exp(logarithm), max=WORST_ERROR)


class DdlPgd(nn.Module):
    """Both stages: stack [1, Z, H, W] and focus [1, Z] to the four outputs, each [1, 1, H, W]."""

    def __init__(self, settings: Settings = Settings()):
        super().__init__()
        self.frame = FrameStage(settings)
        self.stack = StackStage(settings)

    def forward(
        self, stack: torch.Tensor, focus: torch.Tensor, iterations: int
    ) -> Dict[str, torch.Tensor]:
        return self.stack(self.frame(stack.transpose(0, 1)), focus, iterations)
