"""The networks of `test_networks_papers` once more, in PyTorch: as their papers or their authors' code has them."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import relu


def normed(
    ins: int, outs: int, kernel: int = 1, stride: int = 1, *, act: nn.Module, **norm: Any
) -> nn.Sequential:
    """A convolution that keeps the size under stride 1, batch norm and an activation."""
    conv = nn.Conv2d(ins, outs, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outs, **norm), act)


class Plus(nn.Module):
    """A body, and its input added."""

    def __init__(self, *body: nn.Module) -> None:
        super().__init__()
        self.body = nn.Sequential(*body)

    def forward(self, x: Tensor) -> Any:
        return x + self.body(x)


def dark(ins: int, outs: int, kernel: int, stride: int = 1) -> nn.Sequential:
    return normed(ins, outs, kernel, stride, act=nn.LeakyReLU(0.1, inplace=True))


class YOLOv3(nn.Module):
    """As darknet's yolov3.cfg: Darknet-53, and a head at a 32nd, a 16th and an 8th of the size."""

    def __init__(self) -> None:
        super().__init__()
        self.stages = nn.ModuleList()
        parts: list[nn.Module] = [dark(3, 32, 3)]
        for ins, units in ((32, 1), (64, 2), (128, 8), (256, 8), (512, 4)):
            halved = [Plus(dark(2 * ins, ins, 1), dark(ins, 2 * ins, 3)) for _ in range(units)]
            self.stages.append(nn.Sequential(*parts, dark(ins, 2 * ins, 3, 2), *halved))
            parts = []
        self.before, self.convs, self.heads = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        for ins, width in ((1024, 512), (768, 256), (384, 128)):
            if width < 512:
                self.before.append(nn.Sequential(dark(2 * width, width, 1), nn.Upsample(scale_factor=2)))
            turns = [dark(ins, width, 1), dark(width, 2 * width, 3)]
            turns += [dark(2 * width, width, 1), dark(width, 2 * width, 3), dark(2 * width, width, 1)]
            self.convs.append(nn.Sequential(*turns))
            self.heads.append(nn.Sequential(dark(width, 2 * width, 3), nn.Conv2d(2 * width, 255, 1)))

    def forward(self, x: Tensor) -> list[Tensor]:
        volumes = [x]
        for stage in self.stages:
            volumes.append(stage(volumes[-1]))
        x, outputs = volumes[-1], []
        for index, (convs, head) in enumerate(zip(self.convs, self.heads, strict=True)):
            x = convs(torch.cat([self.before[index - 1](x), volumes[-1 - index]], 1) if index else x)
            outputs.append(head(x))
        return outputs


def unit8(ins: int, outs: int, kernel: int = 1, stride: int = 1) -> nn.Sequential:
    return normed(ins, outs, kernel, stride, act=nn.SiLU(), eps=1e-3, momentum=0.03)


class C2f(nn.Module):
    def __init__(self, ins: int, outs: int, units: int = 1, *, add: bool = False) -> None:
        super().__init__()
        half = outs // 2
        self.first = unit8(ins, outs)
        chain = Plus if add else nn.Sequential
        self.units = nn.ModuleList(chain(unit8(half, half, 3), unit8(half, half, 3)) for _ in range(units))
        self.last = unit8((2 + units) * half, outs)

    def forward(self, x: Tensor) -> Tensor:
        parts = list(self.first(x).chunk(2, 1))
        for unit in self.units:
            parts.append(unit(parts[-1]))
        joined: Tensor = self.last(torch.cat(parts, 1))
        return joined


class Pools(nn.Module):
    """SPPF."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first, self.last = unit8(width, width // 2), unit8(2 * width, width)
        self.pool = nn.MaxPool2d(5, 1, 2)

    def forward(self, x: Tensor) -> Tensor:
        parts = [self.first(x)]
        for _ in range(3):
            parts.append(self.pool(parts[-1]))
        joined: Tensor = self.last(torch.cat(parts, 1))
        return joined


class Detect(nn.Module):
    """Boxes and scores of three levels, and in inference the distances and probabilities: of all positions at once."""

    def __init__(self, *widths: int) -> None:
        super().__init__()
        self.sides, self.scores = nn.ModuleList(), nn.ModuleList()
        for width in widths:
            self.sides.append(nn.Sequential(unit8(width, 64, 3), unit8(64, 64, 3), nn.Conv2d(64, 64, 1)))
            self.scores.append(nn.Sequential(unit8(width, 80, 3), unit8(80, 80, 3), nn.Conv2d(80, 80, 1)))
        self.mean = nn.Conv2d(16, 1, 1, bias=False).requires_grad_(False)

    def forward(self, *levels: Tensor) -> list[Tensor]:
        raws = [
            torch.cat([sides(level), scores(level)], 1)
            for level, sides, scores in zip(levels, self.sides, self.scores, strict=True)
        ]
        if self.training:
            return raws
        positions = [raw.shape[2] * raw.shape[3] for raw in raws]
        sides, scores = torch.cat([raw.flatten(2) for raw in raws], 2).split((64, 80), 1)
        bins = sides.view(len(sides), 4, 16, -1).transpose(1, 2).softmax(1)
        decoded = (self.mean(bins)[:, 0], scores.sigmoid())
        levelled = [part for whole in decoded for part in whole.split(positions, 2)]
        shaped = [part.unflatten(2, raw.shape[2:]) for part, raw in zip(levelled, raws * 2, strict=True)]
        return [*raws, *shaped]


class YOLOv8n(nn.Module):
    """As ultralytics' yolov8.yaml at depth 0.33 and width 0.25."""

    def __init__(self) -> None:
        super().__init__()
        eighth = [unit8(3, 16, 3, 2), unit8(16, 32, 3, 2), C2f(32, 32, 1, add=True), unit8(32, 64, 3, 2)]
        self.eighth = nn.Sequential(*eighth, C2f(64, 64, 2, add=True))
        self.sixteenth = nn.Sequential(unit8(64, 128, 3, 2), C2f(128, 128, 2, add=True))
        self.thirtysecond = nn.Sequential(unit8(128, 256, 3, 2), C2f(256, 256, 1, add=True), Pools(256))
        self.larger = nn.Upsample(scale_factor=2)
        self.up16, self.up8 = C2f(384, 128), C2f(192, 64)
        self.down16, self.out16 = unit8(64, 64, 3, 2), C2f(192, 128)
        self.down32, self.out32 = unit8(128, 128, 3, 2), C2f(384, 256)
        self.detect = Detect(64, 128, 256)

    def forward(self, x: Tensor) -> Any:
        eighth = self.eighth(x)
        sixteenth = self.sixteenth(eighth)
        thirtysecond = self.thirtysecond(sixteenth)
        neck = self.up16(torch.cat([self.larger(thirtysecond), sixteenth], 1))
        out8 = self.up8(torch.cat([self.larger(neck), eighth], 1))
        out16 = self.out16(torch.cat([self.down16(out8), neck], 1))
        return self.detect(out8, out16, self.out32(torch.cat([self.down32(out16), thirtysecond], 1)))


class EDSR(nn.Module):
    """The authors' EDSR-PyTorch, `--model EDSR --scale 2` with the options' defaults."""

    def __init__(self) -> None:
        super().__init__()
        self.subtract, self.add = (nn.Conv2d(3, 3, 1).requires_grad_(False) for _ in range(2))
        self.head = nn.Conv2d(3, 64, 3, padding=1)
        blocks = [
            Plus(nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(True), nn.Conv2d(64, 64, 3, padding=1))
            for _ in range(16)
        ]
        self.body = Plus(*blocks, nn.Conv2d(64, 64, 3, padding=1))
        up = (nn.Conv2d(64, 256, 3, padding=1), nn.PixelShuffle(2))
        self.tail = nn.Sequential(*up, nn.Conv2d(64, 3, 3, padding=1))

    def forward(self, x: Tensor) -> Any:
        return self.add(self.tail(self.body(self.head(self.subtract(x)))))


class WaveNet(nn.Module):
    """Figure 4, where every convolution of two samples starts with zeros."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv1d(256, 32, 2)
        self.filters, self.gates = nn.ModuleList(), nn.ModuleList()
        for layer in range(50):
            for convs in (self.filters, self.gates):
                convs.append(nn.Conv1d(32, 32, 2, dilation=2 ** (layer % 10)))
        self.skips = nn.ModuleList(nn.Conv1d(32, 512, 1) for _ in range(50))
        self.residuals = nn.ModuleList(nn.Conv1d(32, 32, 1) for _ in range(49))
        self.post1, self.post2 = nn.Conv1d(512, 512, 1), nn.Conv1d(512, 256, 1)

    @staticmethod
    def causal(conv: nn.Module, x: Tensor) -> Any:
        assert isinstance(conv, nn.Conv1d)
        return conv(nn.functional.pad(x, (conv.dilation[0], 0)))

    def forward(self, x: Tensor) -> Tensor:
        x = self.causal(self.first, x)
        outputs = []
        for layer, (filters, gates) in enumerate(zip(self.filters, self.gates, strict=True)):
            gated = self.causal(filters, x).tanh() * self.causal(gates, x).sigmoid()
            outputs.append(self.skips[layer](gated))
            if layer < len(self.residuals):
                x = x + self.residuals[layer](gated)
        total = outputs[0]
        for output in outputs[1:]:
            total = total + output
        return torch.softmax(self.post2(relu(self.post1(relu(total)))), 1)


def generator() -> nn.Module:
    """PyTorch's dcgan example."""
    parts: list[nn.Module] = [
        nn.ConvTranspose2d(100, 512, 4, 1, 0, bias=False),
        nn.BatchNorm2d(512),
        nn.ReLU(),
    ]
    for width in (256, 128, 64):
        parts += [
            nn.ConvTranspose2d(2 * width, width, 4, 2, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(True),
        ]
    return nn.Sequential(*parts, nn.ConvTranspose2d(64, 3, 4, 2, 1, bias=False), nn.Tanh())


def discriminator() -> nn.Module:
    parts: list[nn.Module] = [nn.Conv2d(3, 64, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, inplace=True)]
    for width in (64, 128, 256):
        parts += [
            nn.Conv2d(width, 2 * width, 4, 2, 1, bias=False),
            nn.BatchNorm2d(2 * width),
            nn.LeakyReLU(0.2, inplace=True),
        ]
    return nn.Sequential(*parts, nn.Conv2d(512, 1, 4, 1, 0, bias=False), nn.Sigmoid())


class Siamese(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        parts: list[nn.Module] = []
        ins = 1
        for outs, kernel in ((64, 10), (128, 7), (128, 4), (256, 4)):
            parts += [nn.Conv2d(ins, outs, kernel), nn.ReLU(), nn.MaxPool2d(2)]
            ins = outs
        self.tower = nn.Sequential(*parts[:-1], nn.Flatten(), nn.Linear(9216, 4096), nn.Sigmoid())
        self.score = nn.Linear(4096, 1)

    def forward(self, first: Tensor, second: Tensor) -> Any:
        return self.score((self.tower(first) - self.tower(second)).abs()).sigmoid()


class Recurrent(nn.Module):
    def __init__(self, ins: int, hidden: int, outs: int) -> None:
        super().__init__()
        self.lstm, self.linear = nn.LSTM(ins, hidden, bidirectional=True), nn.Linear(2 * hidden, outs)

    def forward(self, x: Tensor) -> Any:
        return self.linear(self.lstm(x)[0])


class CRNN(nn.Module):
    """As crnn.pytorch; the scores with the channels in the middle, as cnncalc has sequences."""

    def __init__(self) -> None:
        super().__init__()
        wide = ((2, 2), (2, 1), (0, 1))
        parts: list[nn.Module] = []
        ins = 1
        for index, outs in enumerate((64, 128, 256, 256, 512, 512, 512)):
            parts.append(nn.Conv2d(ins, outs, 2 if index == 6 else 3, 1, 0 if index == 6 else 1))
            parts += [nn.BatchNorm2d(outs)] if index in (2, 4, 6) else []
            parts.append(nn.ReLU(True))
            parts += (
                [nn.MaxPool2d(2)] if index in (0, 1) else [nn.MaxPool2d(*wide)] if index in (3, 5) else []
            )
            ins = outs
        self.cnn = nn.Sequential(*parts)
        self.rnn = nn.Sequential(Recurrent(512, 256, 256), Recurrent(256, 256, 37))

    def forward(self, x: Tensor) -> Tensor:
        columns = self.cnn(x).squeeze(2).permute(2, 0, 1)
        scores: Tensor = self.rnn(columns).permute(1, 2, 0)
        return scores


class ConvLSTM(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gates = nn.Conv2d(16 + 64, 4 * 64, 5, padding=2)

    def forward(self, video: Tensor, state: Tensor, cell: Tensor) -> Tensor:
        for frame in video.unbind(2):
            enter, forget, output, candidate = self.gates(torch.cat([frame, state], 1)).chunk(4, 1)
            cell = forget.sigmoid() * cell + enter.sigmoid() * candidate.tanh()
            state = output.sigmoid() * cell.tanh()
        return state


class RetinaNet(nn.Module):
    """torchvision's without what is before and after the network; its scores and boxes by level, as volumes again."""

    def __init__(self, detector: Any) -> None:
        super().__init__()
        self.backbone, self.head = detector.backbone, detector.head

    def forward(self, x: Tensor) -> list[Tensor]:
        levels = list(self.backbone(x).values())
        outputs = self.head(levels)
        shapes = [level.shape[2:] for level in levels]
        return [
            part.unflatten(1, (*shape, 9)).flatten(3).permute(0, 3, 1, 2)
            for whole in (outputs["cls_logits"], outputs["bbox_regression"])
            for shape, part in zip(
                shapes, whole.split([9 * shape.numel() for shape in shapes], 1), strict=True
            )
        ]


TWINS = {
    "convlstm": ConvLSTM,
    "crnn": CRNN,
    "dcgan_discriminator": discriminator,
    "dcgan_generator": generator,
    "edsr_baseline_x2": EDSR,
    "siamese": Siamese,
    "wavenet": WaveNet,
    "yolov3": YOLOv3,
    "yolov8n": YOLOv8n,
}
