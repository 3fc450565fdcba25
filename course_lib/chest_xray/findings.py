"""The fourteen findings of ChestX-ray14, and how radiology describes each."""

FINDINGS: tuple[str, ...] = (
    "Atelectasis",
    "Cardiomegaly",
    "Effusion",
    "Infiltration",
    "Mass",
    "Nodule",
    "Pneumonia",
    "Pneumothorax",
    "Consolidation",
    "Edema",
    "Emphysema",
    "Fibrosis",
    "Pleural Thickening",
    "Hernia",
)

DESCRIPTIONS: dict[str, str] = {
    "Atelectasis": "A band or wedge of airless, shrunken lung; the diaphragm on its side stands higher.",
    "Cardiomegaly": "The heart takes up more than half of the inner width of the chest on a PA view.",
    "Effusion": "Fluid blunts the costophrenic angle and climbs the lateral wall in a meniscus.",
    "Infiltration": "Patchy, ill-defined haze in the lung: a word for what is denser than it should be.",
    "Mass": "A roundish opacity of more than 3 cm.",
    "Nodule": "A round, well-defined opacity of at most 3 cm.",
    "Pneumonia": "An ill-defined opacity in one region, mostly at a base; the diagnosis also needs the patient.",
    "Pneumothorax": "A thin pleural line away from the wall, with no vessels beyond it.",
    "Consolidation": "Air spaces filled up to a fissure: dense, cut off straight, with bronchi as dark branches in it.",
    "Edema": "Haze around both hila in the shape of a bat's wings, with broad, blurred vessels.",
    "Emphysema": "Too much air: dark lungs with few vessels, flat and low diaphragms, a narrow heart.",
    "Fibrosis": "A net of fine lines at the bases and the periphery of lungs that have become smaller.",
    "Pleural Thickening": "A dense rim along the chest wall or over the apex.",
    "Hernia": "Stomach above the diaphragm: a round shadow behind the heart, often with air over a level of fluid.",
}
