"""Makes vLLM tell how many denoising passes each block of a diffusion model took.

`schedulers` counts where the engine works, `serving` tells it where the engine answers. Nothing else imports vLLM.
"""
