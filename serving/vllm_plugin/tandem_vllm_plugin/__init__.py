"""Makes vLLM tell how many denoising passes each block of a diffusion model took, and read drafts for less.

`schedulers` counts where the engine works, `serving` tells it where the engine answers. `reading` lets a strong engine
read the end of a prompt and take the rest from its prefix cache. Nothing else imports vLLM.
"""
