import { Images, Image as ImageIcon, Play } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useCommand } from "@/backend/queries";
import { Icon } from "@/shared/Icon";

/** The picture comes through the engine, which has checked and cached it; the window loads nothing from outside. */
export function Thumb({ post, kind, size = "small" }: { post: number; kind: string; size?: "small" | "tiny" | "post" }) {
  const { t } = useTranslation();
  const picture = useCommand("get_picture", { post_id: post }, { gcTime: 30 * 60_000 });
  const moving = kind === "reel" || kind === "video";
  return (
    <span className="thumb" data-size={size}>
      {picture.data?.data_url ? <img src={picture.data.data_url} alt={size === "post" ? t("post.picture") : ""} draggable={false} /> : <Icon of={ImageIcon} />}
      {size !== "tiny" && (moving || kind === "carousel") ? (
        <b data-moving={moving || undefined}>
          <Icon of={moving ? Play : Images} size={10} />
        </b>
      ) : null}
    </span>
  );
}
