terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.80"
    }
  }
}

data "aws_caller_identity" "this" {}

resource "aws_kms_key" "helpdesk" {
  description         = "models, notebook and agent of the help desk"
  enable_key_rotation = true
}

resource "aws_s3_bucket" "models" {
  bucket = "helpdesk-example-models"
}

resource "aws_s3_bucket_versioning" "models" {
  bucket = aws_s3_bucket.models.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "models" {
  bucket = aws_s3_bucket.models.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.helpdesk.arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "models" {
  bucket                  = aws_s3_bucket.models.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_subnet" "research" {
  vpc_id     = aws_vpc.helpdesk.id
  cidr_block = "10.20.1.0/24"
}

resource "aws_vpc" "helpdesk" {
  cidr_block = "10.20.0.0/16"
}

resource "aws_security_group" "research" {
  vpc_id = aws_vpc.helpdesk.id
}

resource "aws_sagemaker_notebook_instance" "research" {
  name                   = "helpdesk-research"
  role_arn               = aws_iam_role.research.arn
  instance_type          = "ml.t3.medium"
  direct_internet_access = "Disabled"
  root_access            = "Disabled"
  subnet_id              = aws_subnet.research.id
  security_groups        = [aws_security_group.research.id]
  kms_key_id             = aws_kms_key.helpdesk.arn

  instance_metadata_service_configuration {
    minimum_instance_metadata_service_version = "2"
  }
}

resource "aws_iam_role" "research" {
  name = "helpdesk-research"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sagemaker.amazonaws.com" } }]
  })
}

resource "aws_iam_role" "agent" {
  name = "helpdesk-agent"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "bedrock.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.this.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "agent" {
  name = "helpdesk-agent"
  role = aws_iam_role.agent.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["bedrock:InvokeModel"]
        Resource = "arn:aws:bedrock:eu-central-1::foundation-model/anthropic.claude-3-5-sonnet-20241022-v2:0"
      },
      {
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = "${aws_s3_bucket.models.arn}/articles/*"
      }
    ]
  })
}

resource "aws_bedrockagent_agent" "helpdesk" {
  agent_name                  = "helpdesk"
  agent_resource_role_arn     = aws_iam_role.agent.arn
  foundation_model            = "anthropic.claude-3-5-sonnet-20241022-v2:0"
  customer_encryption_key_arn = aws_kms_key.helpdesk.arn
  instruction                 = "You are the help desk of Example Ltd. Answer from the knowledge base and open tickets."

  guardrail_configuration {
    guardrail_identifier = aws_bedrock_guardrail.helpdesk.guardrail_id
    guardrail_version    = aws_bedrock_guardrail_version.helpdesk.version
  }
}

resource "aws_bedrock_guardrail_version" "helpdesk" {
  guardrail_arn = aws_bedrock_guardrail.helpdesk.guardrail_arn
}

resource "aws_bedrock_guardrail" "helpdesk" {
  name                      = "helpdesk"
  kms_key_arn               = aws_kms_key.helpdesk.arn
  blocked_input_messaging   = "I cannot help with that."
  blocked_outputs_messaging = "I cannot answer that."

  content_policy_config {
    filters_config {
      type            = "PROMPT_ATTACK"
      input_strength  = "HIGH"
      output_strength = "NONE"
    }
    filters_config {
      type            = "MISCONDUCT"
      input_strength  = "HIGH"
      output_strength = "HIGH"
    }
  }

  contextual_grounding_policy_config {
    filters_config {
      type      = "GROUNDING"
      threshold = 0.75
    }
  }

  sensitive_information_policy_config {
    pii_entities_config {
      action = "ANONYMIZE"
      type   = "EMAIL"
    }
    pii_entities_config {
      action = "BLOCK"
      type   = "CREDIT_DEBIT_CARD_NUMBER"
    }
  }
}

resource "aws_cloudwatch_log_group" "model" {
  name              = "/helpdesk/model"
  retention_in_days = 90
}

resource "aws_bedrock_model_invocation_logging_configuration" "this" {
  logging_config {
    text_data_delivery_enabled      = true
    image_data_delivery_enabled     = true
    embedding_data_delivery_enabled = true
    cloudwatch_config {
      log_group_name = aws_cloudwatch_log_group.model.name
      role_arn       = aws_iam_role.logging.arn
    }
  }
}

resource "aws_iam_role" "logging" {
  name = "helpdesk-model-logging"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "bedrock.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.this.account_id } }
    }]
  })
}
