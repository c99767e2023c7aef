"""The colors of pages and figures."""

# CSS variables, and their colors in the light and in the dark scheme. The page defines
# them from here. In a figure, the light color stands for the variable.
COLORS = {
    "ink": ("#1b1f24", "#e8e6e1"),
    "muted": ("#5d6672", "#a3a9b2"),
    "line": ("#dfe2e6", "#363b43"),
    "blue": ("#1f66b5", "#7fb4f0"),
    "orange": ("#b8500f", "#f2a066"),
    "green": ("#2c7a4b", "#7ccb99"),
    "purple": ("#7a4a9e", "#c9a2e8"),
    "gray": ("#6d757f", "#8c939d"),
}
